/**
 * Where much is added up float32 is at most twice as far from float64 as PyTorch is
 * (test/fixtures/pytorch/record_long_sums.py). BATCH NORM has a test of its own.
 */
import { describe, expect, it } from 'vitest';
import { CPU_TARGET, GraphBuilder } from '#core/onnx/builder.ts';
import type { Graph, Value } from '#core/onnx/graph.ts';
import type { Target } from '#core/onnx/operators/operator.ts';
import { withShortSums } from '#core/onnx/short-sums.ts';
import { elementCount, float32 } from '#core/onnx/tensor.ts';
import { differentiate } from '#core/training/differentiate.ts';
import { type LossKind, lossDefinition } from '#core/training/losses/index.ts';
import { backend } from '#main/training/backend.ts';
import { fitToCpu } from '#main/training/backends/cpu.ts';
import { noise } from '../../oracle/noise.ts';
import { runOrt } from '../../oracle/ort.ts';
import { recording } from '../../oracle/pytorch.ts';
import { type Array64, evaluate } from '../../oracle/reference.ts';

const { errors } = recording<{ readonly errors: Readonly<Record<string, number>> }>('long-sums.json');
const blocked = await backend('cpu').target();

interface Case {
  readonly inputs: Readonly<Record<string, Array64>>;
  write(graph: GraphBuilder, inputs: Readonly<Record<string, Value>>): Value;
  /** The input whose gradient is compared, for slopes of its own at every output; the output where left out. */
  readonly gradient?: string;
}

function numbers(dims: readonly number[], seed: number, mean = 0): Array64 {
  const write = (_: unknown, i: number) => Math.fround(mean + noise(i, seed));
  return { dims, data: Float64Array.from({ length: elementCount(dims) }, write) };
}

/** Every seventh channel is so many times as large. */
function loud(dims: readonly [number, number, number, number], times: number): Array64 {
  const [, channels, height, width] = dims;
  const data = Float64Array.from({ length: elementCount(dims) }, (_, i) => {
    const channel = Math.floor(i / (height * width)) % channels;
    return Math.fround(noise(i, 1) * (channel % 7 === 0 ? times : 1));
  });
  return { dims, data };
}

function oneHot(n: number, classes: number): Array64 {
  const write = (_: unknown, i: number) => Number(i % classes === Math.floor(i / classes) % classes);
  return { dims: [n, classes], data: Float64Array.from({ length: n * classes }, write) };
}

const POINTWISE = { kernel_shape: [1, 1], strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1], group: 1 };
/** A CONV that copies: what follows it lies in blocks. */
function copied(graph: GraphBuilder, value: Value): Value {
  const channels = graph.dims(value)[1] as number;
  const data = Float32Array.from({ length: channels ** 2 }, (_, i) => Number(i % (channels + 1) === 0));
  return graph.add('Conv', [value, graph.constant(float32([channels, channels, 1, 1], data))], POINTWISE);
}

const pool = (x: Array64): Case => ({
  inputs: { x },
  write: (graph, inputs) => graph.add('GlobalAveragePool', [copied(graph, inputs['x']!)], {}),
});
const lrn = (times: number): Case => ({
  inputs: { x: loud([2, 32, 13, 13], times) },
  write: (graph, inputs) => {
    const attributes = { size: 5, alpha: 1e-4, beta: 0.75, bias: 2 };
    return graph.add('LRN', [copied(graph, inputs['x']!)], attributes);
  },
});
const loss = (kind: LossKind, n: number, classes: number): Case => ({
  inputs: { x: numbers([n, classes], 1), t: oneHot(n, classes) },
  write: (graph, inputs) => lossDefinition(kind).emit(graph, inputs['x']!, inputs['t']!),
});

const CASES: Readonly<Record<string, Case>> = {
  'global-average-pool, mean 0': pool(numbers([1, 16, 112, 112], 1, 0)),
  'global-average-pool, mean 5': pool(numbers([1, 16, 112, 112], 1, 5)),
  'global-average-pool, mean 1000': pool(numbers([1, 16, 112, 112], 1, 1000)),
  'global-average-pool, 61×67': pool(numbers([3, 5, 61, 67], 1, 5)),
  'lrn, every seventh channel 1 times as large': lrn(1),
  'lrn, every seventh channel 1000 times as large': lrn(1000),
  'lrn, every seventh channel 10000 times as large': lrn(10_000),
  'mean-squared-error': loss('meanSquaredError', 512, 300),
  'binary-cross-entropy': loss('binaryCrossEntropy', 512, 300),
  'cross-entropy': loss('crossEntropy', 2048, 30),
  'bias of FC': {
    inputs: { x: numbers([128, 20], 1), w: numbers([100, 20], 2), b: numbers([100], 3) },
    write: (graph, { x, w, b }) => graph.add('Gemm', [x, w, b], { alpha: 1, beta: 1, transA: 0, transB: 1 }),
    gradient: 'b',
  },
  'bias of CONV': {
    inputs: { x: numbers([2, 16, 64, 64], 1), w: numbers([16, 16, 1, 1], 2), b: numbers([16], 3) },
    write: (graph, { x, w, b }) => copied(graph, graph.add('Conv', [x, w, b], POINTWISE)),
    gradient: 'b',
  },
  'slopes of PRELU': {
    inputs: { x: numbers([2, 16, 64, 64], 1), w: numbers([16], 2) },
    write: (graph, { x, w }) => {
      const slopes = graph.add('Reshape', [w, graph.ints([16, 1, 1])], {});
      return copied(graph, graph.add('PRelu', [copied(graph, x!), slopes], {}));
    },
    gradient: 'w',
  },
};

function compile({ inputs, write, gradient }: Case, target: Target): Graph {
  const graph = new GraphBuilder('long-sums', target);
  const named = Object.fromEntries(
    Object.entries(inputs).map(([name, { dims }]) => [name, graph.input(name, { dtype: 'float32', dims })]),
  );
  const y = write(graph, named);
  if (gradient === undefined) graph.output(y, 'result');
  else {
    const dims = graph.dims(y);
    const weighted = graph.add('Mul', [y, graph.input('slopes', { dtype: 'float32', dims })], {});
    const total = graph.add('ReduceSum', [weighted, graph.ints(dims.map((_, axis) => axis))], { keepdims: 0 });
    graph.output(differentiate(graph, total, [gradient]).get(gradient)!, 'result');
  }
  return graph.build();
}

/** What rounding a single number to float32 costs at most. */
const ROUNDING = 2 ** -24;

describe('adding up much', () => {
  const targets = [
    ['in plain order', CPU_TARGET, (graph: Graph) => withShortSums(graph, CPU_TARGET)],
    ['on this CPU', blocked, fitToCpu],
  ] as const;
  it('is tried for all that PyTorch was', () => expect(Object.keys(CASES)).toEqual(Object.keys(errors)));

  describe.each(targets)('%s', (_where, target, toGraph) => {
    it.each(Object.entries(CASES))('%s', async (name, one) => {
      const graph = compile(one, target);
      const slopes = graph.inputs.find((input) => input.name === 'slopes');
      const feeds = { ...one.inputs, ...(slopes && { slopes: numbers(slopes.type.dims, 9) }) };
      const expected = evaluate(compile(one, CPU_TARGET), feeds).get('result')!.data;
      const found = (await runOrt(await toGraph(graph), feeds)).get('result')!.data;
      const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      const worst = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - found[i]!)), 0);
      expect(worst / scale).toBeLessThanOrEqual(2 * Math.max(ROUNDING, errors[name]!));
    });
  });
});
