import type { Graph, GraphNode, Value } from './graph.ts';
import type { OperatorName } from './operators/attributes.ts';
import type { Target } from './operators/operator.ts';
import { replay } from './replay.ts';
import { BYTES_PER_ELEMENT, elementCount } from './tensor.ts';

/** Operators whose answer is another view of what they read. */
const VIEWS: ReadonlySet<OperatorName> = new Set(['Reshape', 'Flatten', 'Identity', 'Dropout']);

/** Operators that the runtime lets write over what they read, where nobody reads that again. */
const IN_PLACE: ReadonlySet<OperatorName> = new Set([
  ...(['Add', 'Sub', 'Mul', 'Div', 'Clip', 'Relu', 'HardSigmoid', 'LeakyRelu', 'Elu', 'Selu', 'Sigmoid'] as const),
  ...(['Tanh', 'Softplus', 'Softsign', 'Exp', 'Sqrt', 'Neg', 'Erf', 'Pow', 'BatchNormalization'] as const),
]);

/**
 * The most bytes that a graph's own values take at any one time while it runs, its inputs and constants left out: each
 * value lives from the node that computes it to the last that reads it, outputs to the end.
 *
 * @param placed outputs that are written where an input lies
 */
export function peakMemory(graph: Graph, target: Target, placed: readonly Value[] = []): number {
  const types = replay(graph, target);
  const inputs = graph.inputs.map(({ name }) => name);
  const given = new Set<Value>([...inputs, ...graph.initializers.keys(), ...placed]);
  const owner = new Map<Value, Value>();
  const bytes = new Map<Value, number>();
  const ownerOf = (value: Value): Value => owner.get(value) ?? value;
  const lastRead = new Map<Value, number>();
  // Views first: whoever reads a view reads its owner.
  for (const node of graph.nodes) {
    const [source] = node.inputs;
    const [output] = node.outputs;
    if (VIEWS.has(node.op) && source !== undefined && output !== undefined) owner.set(output, ownerOf(source));
  }
  const nodes = runOrder(graph);
  nodes.forEach((node, at) => {
    for (const input of node.inputs) lastRead.set(ownerOf(input), at);
  });
  for (const { name } of graph.outputs) lastRead.set(ownerOf(name), Number.POSITIVE_INFINITY);
  let [now, peak] = [0, 0];
  nodes.forEach((node, at) => {
    const dying = [...new Set(node.inputs.map(ownerOf))].filter(
      (value) => !given.has(value) && bytes.has(value) && lastRead.get(value) === at,
    );
    for (const output of node.outputs) {
      if (ownerOf(output) !== output || given.has(output)) continue;
      const { dtype, dims } = types.typeOf(output);
      const size = BYTES_PER_ELEMENT[dtype] * elementCount(dims);
      const room = IN_PLACE.has(node.op) ? dying.findIndex((value) => bytes.get(value) === size) : -1;
      if (room >= 0) {
        bytes.delete(dying[room] as Value);
        dying.splice(room, 1);
      } else now += size;
      bytes.set(output, size);
    }
    peak = Math.max(peak, now);
    for (const value of [...dying, ...node.outputs]) {
      const dead = value === ownerOf(value) && (lastRead.get(value) ?? at) <= at;
      if (!dead) continue;
      now -= bytes.get(value) ?? 0;
      bytes.delete(value);
    }
  });
  return peak;
}

/**
 * The order in which ONNX Runtime runs nodes one by one: for each node that nobody reads, in the order in which they were
 * written, first all that it needs.
 */
function runOrder(graph: Graph): readonly GraphNode[] {
  const producers = new Map<Value, GraphNode>(
    graph.nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)),
  );
  const read = new Set(graph.nodes.flatMap(({ inputs }) => inputs));
  const order: GraphNode[] = [];
  const visited = new Set<GraphNode>();
  for (const leaf of graph.nodes) {
    if (leaf.outputs.some((name) => read.has(name))) continue;
    // Depth first, without recursion: a deep network would be too deep for that.
    const stack: { readonly node: GraphNode; readonly needs: GraphNode[] }[] = [];
    const enter = (node: GraphNode) => {
      if (visited.has(node)) return;
      visited.add(node);
      const needs = node.inputs.flatMap((input) => producers.get(input) ?? []).reverse();
      stack.push({ node, needs });
    };
    enter(leaf);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const next = top.needs.pop();
      if (next !== undefined) enter(next);
      else {
        order.push(top.node);
        stack.pop();
      }
    }
  }
  return order;
}
