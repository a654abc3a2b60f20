import { chainsOf, inDouble, isExact, sumOfSums } from '../channel-sums.ts';
import type { Value } from '../graph.ts';
import type { AttributesOf } from '../operators/attributes.ts';
import type { GraphWriter } from '../operators/operator.ts';
import { EVERYWHERE } from '../operators/window.ts';
import { elementCount, type FloatType, float32 } from '../tensor.ts';

/**
 * Pixels in a chain. The kernels add them up one after the other: over longer chains the rounding of like numbers, a white
 * image's, adds up too.
 */
const CHAIN = 8;
/** The same for products of two volumes, which are of both signs, … */
const CHAIN_OF_PRODUCTS = 16;
/** … and for sums that are wanted in single precision only. */
const QUICK_CHAIN = 32;

/** Chains of an image from which a few of them are added up in single precision first, that less has to be made double. */
const MANY = 16;
const FEW = 4;

/**
 * A ChannelSum of volumes [N, C, H, W] in blocks → [C]. Σ x is a CONV with filters of ones; Σ x · y is one whose input is
 * the one volume and whose filters are the other, one for each image and channel, so that the product is never written.
 * Both give sums of short chains of pixels, which are then added up.
 */
export function sumInBlocks(
  graph: GraphWriter,
  x: Value,
  y: Value | undefined,
  { to }: AttributesOf<'ChannelSum'>,
): Value {
  const [n, channels, h, w] = graph.dims(x) as readonly [number, number, number, number];
  const b = graph.target.channelBlock;
  const finish = (sums: Value, each: number) =>
    sumOfSums(graph, sums, { images: n, before: channels / b, each, after: b }, to);
  if (isExact(n * h * w, to)) return finish(inDouble(graph, x, y), h * w);
  const { length, count } = chainsOf(h * w, chainFor(x, y, to));
  const each = count / length;
  const filled = withZerosBehind(graph, x, count);
  const other = y === undefined || y === x ? filled : withZerosBehind(graph, y, count);
  const sums =
    y === undefined
      ? sumsOfChains(graph, filled, [n, channels, each, length])
      : sumsOfProducts(graph, filled, other, n * channels * each, length);
  if (to === 'float32' || each < MANY || each % FEW !== 0) return finish(sums, each);
  return finish(sumsOfChains(graph, sums, [n, channels, each / FEW, FEW]), each / FEW);
}

function chainFor(x: Value, y: Value | undefined, to: FloatType): number {
  if (to === 'float32') return QUICK_CHAIN;
  return y === undefined || y === x ? CHAIN : CHAIN_OF_PRODUCTS;
}

/** [N, C, each · length] in blocks → [N, C, each, 1] in blocks. */
function sumsOfChains(graph: GraphWriter, x: Value, dims: readonly [number, number, number, number]): Value {
  const [, channels, , length] = dims;
  if (length === 1) return x;
  return graph.add('NchwcConv', [reshape(graph, x, dims), ones(graph, [channels, 1, 1, length])], {
    ...EVERYWHERE,
    kernel_shape: [1, length],
    group: channels,
    activation: '',
  });
}

/** Σ a · b over chains of pixels: each chain of each image and channel is a group of its own. */
function sumsOfProducts(graph: GraphWriter, a: Value, b: Value, group: number, length: number): Value {
  const input = reshape(graph, a, [1, group, 1, length]);
  const filters = reshape(graph, b, [group, 1, 1, length]);
  return graph.add('NchwcConv', [input, filters], {
    ...EVERYWHERE,
    kernel_shape: [1, length],
    group,
    activation: '',
  });
}

/** [N, C, H, W] in blocks as [N, C, 1, count], zeros behind its pixels. */
function withZerosBehind(graph: GraphWriter, x: Value, count: number): Value {
  const [n, channels, h, w] = graph.dims(x) as readonly [number, number, number, number];
  if (count === h * w) return x;
  return graph.add('NchwcConv', [reshape(graph, x, [n, channels, 1, h * w]), ones(graph, [channels, 1, 1, 1])], {
    ...EVERYWHERE,
    kernel_shape: [1, 1],
    pads: [0, 0, 0, count - h * w],
    group: channels,
    activation: '',
  });
}

function ones(graph: GraphWriter, dims: readonly number[]): Value {
  return graph.constant(float32(dims, new Float32Array(elementCount(dims)).fill(1)));
}

function reshape(graph: GraphWriter, value: Value, dims: readonly number[]): Value {
  return graph.dims(value).join() === dims.join() ? value : graph.add('Reshape', [value, graph.ints(dims)], {});
}
