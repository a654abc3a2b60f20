import { inDouble, isExact, isUneven, sumOfSums } from '../channel-sums.ts';
import type { Value } from '../graph.ts';
import type { AttributesOf } from '../operators/attributes.ts';
import type { GraphWriter } from '../operators/operator.ts';
import { EVERYWHERE } from '../operators/window.ts';
import { elementCount, float32 } from '../tensor.ts';

/** Numbers that are added up one after the other where they may all be equal: four such add up without rounding. */
const FOUR = 4;

/** Squares in a chain: over longer ones the rounding of like numbers, a white image's, adds up too. */
const CHAIN_OF_SQUARES = 8;
/** Products in a chain: they are of both signs. */
const CHAIN_OF_PRODUCTS = 16;
/** The longest chain of products, for images that come apart in no other way. */
const LONGEST_CHAIN = 32;

/** Sums of an image from which four of them are added up in single precision first, that less has to be made double. */
const MANY = 16;

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
  if (isExact(n * h * w, to) || isUneven(h * w, to)) return finish(inDouble(graph, x, y), h * w);
  let [sums, each] = y === undefined ? sumsOfFour(graph, x) : sumsOfProducts(graph, x, y);
  while (each >= MANY && each % FOUR === 0) {
    [sums, each] = sumsOfFour(graph, reshape(graph, sums, [n, channels, 1, each]));
  }
  return finish(sums, each);
}

/** [N, C, H, W] in blocks → [N, C, 1, each] in blocks, and how many sums of four there are of each image. */
function sumsOfFour(graph: GraphWriter, x: Value): readonly [Value, number] {
  const [n, channels, h, w] = graph.dims(x) as readonly [number, number, number, number];
  const pixels = h * w;
  const each = Math.ceil(pixels / FOUR);
  if (pixels === 1) return [x, 1];
  const sums = graph.add(
    'NchwcConv',
    [reshape(graph, x, [n, channels, 1, pixels]), ones(graph, [channels, 1, 1, FOUR])],
    {
      ...EVERYWHERE,
      kernel_shape: [1, FOUR],
      strides: [1, FOUR],
      pads: [0, 0, 0, each * FOUR - pixels],
      group: channels,
      activation: '',
    },
  );
  return [sums, each];
}

/** Σ x · y over chains of pixels, and how many there are of each image: each is a group of its own. */
function sumsOfProducts(graph: GraphWriter, x: Value, y: Value): readonly [Value, number] {
  const [n, channels, h, w] = graph.dims(x) as readonly [number, number, number, number];
  const { length, count } = chainsOfProducts(h * w, x === y ? CHAIN_OF_SQUARES : CHAIN_OF_PRODUCTS);
  const each = count / length;
  const group = n * channels * each;
  const filled = withZerosBehind(graph, x, count);
  const other = y === x ? filled : withZerosBehind(graph, y, count);
  const volumes = [reshape(graph, filled, [1, group, 1, length]), reshape(graph, other, [group, 1, 1, length])];
  const attributes = { ...EVERYWHERE, kernel_shape: [1, length], group, activation: '' };
  return [graph.add('NchwcConv', volumes, attributes), each];
}

/** How an image's pixels, with zeros behind them, come apart into chains of about the length that is wanted. */
function chainsOfProducts(pixels: number, wanted: number) {
  if (pixels <= wanted) return { length: pixels, count: pixels };
  const lengths = Array.from({ length: LONGEST_CHAIN }, (_, i) => i + 1).filter(
    (length) => length >= wanted / 2 && pixels % length === 0,
  );
  const length = lengths.findLast((one) => one <= wanted) ?? lengths[0] ?? wanted;
  return { length, count: Math.ceil(pixels / length) * length };
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
