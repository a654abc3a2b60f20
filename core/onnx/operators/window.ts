import type { Value } from '../graph.ts';
import { float32 } from '../tensor.ts';
import type { Ints } from './attributes.ts';
import type { GraphWriter } from './operator.ts';

/** Types of the attributes that CONV and POOL share. */
export const WINDOW_ATTRIBUTES = { kernel_shape: 'ints', strides: 'ints', pads: 'ints', dilations: 'ints' } as const;

/** A two-dimensional window, ONNX's attributes unpacked: what CONV and POOL share. */
export interface WindowAttributes {
  readonly kernel_shape: Ints;
  readonly strides: Ints;
  readonly pads: Ints;
  readonly dilations?: Ints;
}

/** A window that stands at every position of what is read, whatever its size. */
export const EVERYWHERE = { strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1] } as const;

/** [C, 1, 1, 1]: the filters of a depthwise CONV that copies. */
export function copyingFilters(graph: GraphWriter, channels: number): Value {
  return graph.constant(float32([channels, 1, 1, 1], new Float32Array(channels).fill(1)));
}

/** Output length of one axis: ⌊(n + pads − d(f−1) − 1) / s⌋ + 1. */
export function outputLength(n: number, f: number, s: number, pads: number, d: number): number {
  return Math.floor((n + pads - d * (f - 1) - 1) / s) + 1;
}

/** Output height and width of a window over an [N, C, H, W] tensor. */
export function windowOutput(dims: readonly number[], window: WindowAttributes): readonly [number, number] {
  const { kernel_shape: f, strides: s, pads: p, dilations: d = [1, 1] } = window;
  const length = (axis: 0 | 1) =>
    outputLength(
      dims[2 + axis] as number,
      f[axis] as number,
      s[axis] as number,
      (p[axis] as number) + (p[axis + 2] as number),
      d[axis] as number,
    );
  return [length(0), length(1)];
}

/** Padded rows and columns at the bottom and right that no window position reads. */
export function unreadBy(dims: readonly number[], window: WindowAttributes): readonly [number, number] {
  const { kernel_shape: f, strides: s, pads: p, dilations: d = [1, 1] } = window;
  const [oh, ow] = windowOutput(dims, window);
  const unread = (axis: 0 | 1, out: number) =>
    (dims[2 + axis] as number) +
    (p[axis] as number) +
    (p[axis + 2] as number) -
    ((out - 1) * (s[axis] as number) + (d[axis] as number) * ((f[axis] as number) - 1) + 1);
  return [unread(0, oh), unread(1, ow)];
}

/** Pads height and width of an [N, C, H, W] value with zeros: [top, left, bottom, right], none negative. */
export function padSpatial(graph: GraphWriter, value: Value, pads: Ints): Value {
  if (pads.every((p) => p === 0)) return value;
  const [top, left, bottom, right] = pads as readonly [number, number, number, number];
  return graph.add('Pad', [value, graph.ints([0, 0, top, left, 0, 0, bottom, right])], {});
}

/**
 * Adds up, for every pixel of [N, C, H, W], what the windows that cover it hold for it: the transposition of a window
 * sum, as one ConvTranspose over single maps.
 *
 * @param taps [N·C, T, oh, ow], T values for every window position
 * @param kernel [T, 1, fh, fw], the share of each of the T values that each pixel of the window gets
 */
export function scatterWindows(
  graph: GraphWriter,
  taps: Value,
  kernel: Value,
  dims: readonly number[],
  window: WindowAttributes,
): Value {
  const { kernel_shape, strides, pads, dilations = [1, 1] } = window;
  const maps = graph.add('ConvTranspose', [taps, kernel], {
    kernel_shape,
    strides,
    pads,
    dilations,
    group: 1,
    output_padding: unreadBy(dims, { kernel_shape, strides, pads, dilations }),
  });
  return graph.add('Reshape', [maps, graph.ints(dims)], {});
}
