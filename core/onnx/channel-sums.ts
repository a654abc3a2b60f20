import { CPU_TARGET } from './builder.ts';
import type { Graph, GraphNode, Value } from './graph.ts';
import type { AttributesOf } from './operators/attributes.ts';
import type { GraphWriter } from './operators/operator.ts';
import { replay } from './replay.ts';
import { elementCount, type FloatType } from './tensor.ts';

/**
 * Numbers in a chain: they are added up one after the other, or in any other way that the runtime likes. A power of two:
 * equal numbers, a constant channel's, then add up without rounding, if not on the way, so at its end.
 */
const CHAIN = 16;
/** The shortest chain: shorter ones would be more sums than work. */
const SHORTEST_CHAIN = 4;

/** Numbers of a channel up to which they are all made double: their few chains would not even out. */
const FEW = 512;

/** How a row of numbers comes apart into chains: `count` numbers, with zeros behind them, in chains of `length`. */
interface Chains {
  readonly length: number;
  readonly count: number;
}

function chainsOf(count: number): Chains {
  if (count < SHORTEST_CHAIN) return { length: count, count };
  for (let length = CHAIN; length >= SHORTEST_CHAIN; length /= 2) if (count % length === 0) return { length, count };
  const length = count < CHAIN ? SHORTEST_CHAIN : CHAIN;
  return { length, count: Math.ceil(count / length) * length };
}

/** Whether a ChannelSum over so many numbers of a channel is taken in double precision from its first number on. */
export function isExact(perChannel: number, to: FloatType): boolean {
  return to === 'float64' && perChannel <= FEW;
}

/**
 * Whether a row's last chain would not be a power of two long. Equal numbers in it would be rounded: where there is double
 * precision, such rows are taken in it from their first number on.
 */
export function isUneven(positions: number, to: FloatType): boolean {
  return to === 'float64' && positions > 1 && positions % SHORTEST_CHAIN !== 0;
}

/** The graph with ONNX's operators in place of every ChannelSum. */
export function withoutChannelSums(graph: Graph): Graph {
  if (!graph.nodes.some(({ op }) => op === 'ChannelSum')) return graph;
  const builder = replay(graph, CPU_TARGET, (to, node) => {
    if (node.op !== 'ChannelSum') return to.addNode(node);
    const { inputs, outputs, attributes, name } = node as GraphNode<'ChannelSum'>;
    const [x, y] = inputs as readonly [Value, Value | undefined];
    const sum = to.within(name, () => channelSum(to, x, y, attributes));
    to.addNode({ op: 'Identity', name, inputs: [sum], outputs, attributes: {} });
  });
  for (const { name } of graph.outputs) builder.output(name, name);
  return builder.build();
}

/** Writes a ChannelSum of values in the order of their dimensions, [N, C, …] → [C]. */
export function channelSum(
  graph: GraphWriter,
  x: Value,
  y: Value | undefined,
  { to }: AttributesOf<'ChannelSum'>,
): Value {
  const dims = graph.dims(x);
  const [images, channels] = dims as readonly [number, number];
  const positions = elementCount(dims.slice(2));
  const parts = { images, before: channels, each: positions, after: 1 };
  if (isExact(images * positions, to) || isUneven(positions, to))
    return sumOfSums(graph, inDouble(graph, x, y), parts, to);
  const product = y === undefined ? x : graph.add('Mul', [x, y], {});
  const [sums, each] = addChains(graph, product, images * channels, positions, 1);
  return sumOfSums(graph, sums, { ...parts, each }, to);
}

/** x, or x · y, in double precision. */
export function inDouble(graph: GraphWriter, x: Value, y: Value | undefined): Value {
  const wide = graph.add('Cast', [x], { to: 'float64' });
  if (y === undefined) return wide;
  return graph.add('Mul', [wide, y === x ? wide : graph.add('Cast', [y], { to: 'float64' })], {});
}

/** How sums of short chains lie: [images, before, each, after], a channel being one of `before` and one of `after`. */
export interface Parts {
  readonly images: number;
  readonly before: number;
  readonly each: number;
  readonly after: number;
}

/** Adds up sums of chains, over images first (that leaves few numbers for the axis in between) → [C]. */
export function sumOfSums(
  graph: GraphWriter,
  sums: Value,
  { images, before, each, after }: Parts,
  to: FloatType,
): Value {
  const rest = before * each * after;
  if (to === 'float32') {
    const overImages = addUp(graph, sums, 1, images, rest);
    return reshape(graph, addUp(graph, overImages, before, each, after), [before * after]);
  }
  const wide = graph.typeOf(sums).dtype === to ? sums : graph.add('Cast', [sums], { to });
  const overImages = images === 1 ? wide : sumOver(graph, wide, [images, rest], 0);
  const total = each === 1 ? overImages : sumOver(graph, overImages, [before, each, after], 1);
  return reshape(graph, total, [before * after]);
}

/** Σ over the middle axis of a value seen as [before, count, after], in chains of chains. */
function addUp(graph: GraphWriter, value: Value, before: number, count: number, after: number): Value {
  let [sums, left] = [value, count];
  while (left > 1) [sums, left] = addChains(graph, sums, before, left, after);
  return sums;
}

/** One level of that: [before, given, after] → [before · chains, after], and the number of chains. */
function addChains(
  graph: GraphWriter,
  value: Value,
  before: number,
  given: number,
  after: number,
): readonly [Value, number] {
  const { length, count } = chainsOf(given);
  const chains = count / length;
  if (length === 1) return [value, chains];
  const behind = graph.ints([0, 0, 0, 0, count - given, 0]);
  const filled =
    count === given ? value : graph.add('Pad', [reshape(graph, value, [before, given, after]), behind], {});
  const parts = before * chains;
  if (parts === 1) return [sumOver(graph, filled, [length, after], 0), chains];
  return [sumOver(graph, filled, after === 1 ? [parts, length] : [parts, length, after], 1), chains];
}

/** Σ over an axis of a value that is seen with these dimensions. */
function sumOver(graph: GraphWriter, value: Value, dims: readonly number[], axis: number): Value {
  return graph.add('ReduceSum', [reshape(graph, value, dims), graph.ints([axis])], { keepdims: 0 });
}

function reshape(graph: GraphWriter, value: Value, dims: readonly number[]): Value {
  return graph.dims(value).join() === dims.join() ? value : graph.add('Reshape', [value, graph.ints(dims)], {});
}
