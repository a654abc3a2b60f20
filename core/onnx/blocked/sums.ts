import type { Value } from '../graph.ts';
import type { GraphWriter } from '../operators/operator.ts';
import { EVERYWHERE } from '../operators/window.ts';

/** Products that `sumOfProducts` adds up one after the other, at least. */
const IN_A_ROW = 64;

/** Σ over pictures and positions of [N, C, H, W] in blocks → [C]. */
export function sumOverPixels(graph: GraphWriter, x: Value): Value {
  const b = graph.target.channelBlock;
  const [n, c, h, w] = graph.dims(x) as readonly [number, number, number, number];
  // In two passes: each is one for which ONNX Runtime has a fast, parallel way.
  return inTwo(graph, x, [n, c / b, h, w, b], [2, 3]);
}

/**
 * Σ over pictures and positions of a · b, both [N, C, H, W] in blocks → [C]: a CONV whose input is the one volume and whose
 * filters are the other, one for each picture and channel. The product itself is never written. In strips of a picture:
 * long sums of one number after the other would lose digits.
 */
export function sumOfProducts(graph: GraphWriter, a: Value, b: Value): Value {
  const block = graph.target.channelBlock;
  const [n, c, h, w] = graph.dims(a) as readonly [number, number, number, number];
  const strips = stripsOf(h, w);
  const group = n * c * strips;
  const kernel = [h / strips, w];
  const input = graph.add('Reshape', [a, graph.ints([1, group, ...kernel])], {});
  const filters = graph.add('Reshape', [b, graph.ints([group, 1, ...kernel])], {});
  const attributes = { ...EVERYWHERE, kernel_shape: kernel, group, activation: '' };
  const sums = graph.add('NchwcConv', [input, filters], attributes);
  return inTwo(graph, sums, [n, c / block, strips, block], [2]);
}

/** Σ over some axes of a value seen as [N, C/b, …, b], then over pictures → [C]. */
function inTwo(graph: GraphWriter, value: Value, dims: readonly number[], axes: readonly number[]): Value {
  const sum = (of: Value, over: readonly number[]) => graph.add('ReduceSum', [of, graph.ints(over)], { keepdims: 0 });
  const apart = graph.add('Reshape', [value, graph.ints(dims)], {});
  return graph.add('Reshape', [sum(sum(apart, axes), [0]), graph.ints([-1])], {});
}

/** The most strips of whole rows into which a picture comes apart that have enough pixels each. */
function stripsOf(height: number, width: number): number {
  for (let strips = height; strips > 1; strips--) {
    if (height % strips === 0 && (height / strips) * width >= IN_A_ROW) return strips;
  }
  return 1;
}
