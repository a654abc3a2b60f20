import { GraphBuilder } from '#core/onnx/builder.ts';
import type { Graph, Value } from '#core/onnx/graph.ts';
import type { Target } from '#core/onnx/operators/operator.ts';
import { elementCount } from '#core/onnx/tensor.ts';
import { randomStream } from '#core/random.ts';
import { differentiate } from '#core/training/differentiate.ts';
import { type Array64, array64, evaluate } from './reference.ts';

/** A function of some inputs, written as ONNX nodes, whose gradient is to be checked. */
export interface Case {
  readonly name: string;
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  readonly write: (graph: GraphBuilder, inputs: Readonly<Record<string, Value>>) => Value;
  /** Values for the inputs; standard normal where left out. */
  readonly values?: (input: string, i: number) => number;
  /** Inputs that need no gradient. */
  readonly fixed?: readonly string[];
}

export interface CheckedCase {
  readonly graph: Graph;
  readonly feeds: Readonly<Record<string, Array64>>;
  readonly asked: readonly string[];
}

/** The scalar Σ r·f(inputs) with fixed random r, and its gradient under `<input>.gradient`. */
export function buildCase(testCase: Case, target: Target): CheckedCase {
  const graph = new GraphBuilder(testCase.name, target);
  const random = randomStream(7, testCase.name);
  const feeds: Record<string, Array64> = {};
  const named: Record<string, Value> = {};
  for (const [input, dims] of Object.entries(testCase.inputs)) {
    const data = Array.from({ length: elementCount(dims) }, (_, i) => testCase.values?.(input, i) ?? random.gaussian());
    feeds[input] = array64(dims, data);
    named[input] = graph.input(input, { dtype: 'float32', dims });
  }
  const y = testCase.write(graph, named);
  const dims = graph.dims(y);
  feeds['weights'] = array64(
    dims,
    Array.from({ length: elementCount(dims) }, () => random.gaussian()),
  );
  const weights = graph.input('weights', { dtype: 'float32', dims });
  const weighted = graph.add('Mul', [y, weights], {});
  const all = graph.ints(dims.map((_, axis) => axis));
  const loss = dims.length === 0 ? weighted : graph.add('ReduceSum', [weighted, all], { keepdims: 0 });
  const asked = Object.keys(testCase.inputs).filter((input) => !testCase.fixed?.includes(input));
  const gradients = differentiate(graph, loss, asked);
  graph.output(loss, 'loss');
  for (const input of asked) graph.output(gradients.get(input) as Value, `${input}.gradient`);
  return { graph: graph.build(), feeds, asked };
}

/** Up to this many elements of an input are checked, spread over it. */
const MOST_ELEMENTS = 24;

/** Central differences of the loss in float64, the step growing with the value; NaN where an element is not checked. */
export function centralDifferences({ graph, feeds }: CheckedCase, input: string): Float64Array {
  const original = feeds[input] as Array64;
  const forward = upTo(graph, 'loss');
  const lossAt = (i: number, value: number) => {
    const data = Float64Array.from(original.data);
    data[i] = value;
    return evaluate(forward, { ...feeds, [input]: { dims: original.dims, data } }).get('loss')?.data[0] as number;
  };
  const every = Math.max(1, Math.floor(original.data.length / MOST_ELEMENTS));
  return original.data.map((value, i) => {
    if (i % every !== 0) return Number.NaN;
    const step = 1e-5 * Math.max(1, Math.abs(value));
    return (lossAt(i, value + step) - lossAt(i, value - step)) / (2 * step);
  });
}

/** The part of a graph that a value needs. */
export function upTo(graph: Graph, value: string): Graph {
  const needed = new Set([value]);
  const nodes = graph.nodes.toReversed().filter((node) => {
    if (!node.outputs.some((output) => needed.has(output))) return false;
    for (const input of node.inputs) needed.add(input);
    return true;
  });
  return { ...graph, nodes: nodes.toReversed() };
}

/**
 * Largest difference relative to the largest expected value (at least 1e-3, so that zeros compare absolutely).
 * Elements whose expected value is NaN are left out; one that is NaN unexpectedly makes the answer infinite.
 */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let [worst, scale] = [0, 1e-3];
  for (let i = 0; i < expected.length; i++) {
    if (Number.isNaN(expected[i])) continue;
    if (!Number.isFinite(actual[i])) return Number.POSITIVE_INFINITY;
    worst = Math.max(worst, Math.abs((actual[i] as number) - (expected[i] as number)));
    scale = Math.max(scale, Math.abs(expected[i] as number));
  }
  return worst / scale;
}
