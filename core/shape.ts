/**
 * Shapes without the batch axis, channels first: [C, H, W] for a volume, [N] for a vector.
 * The lectures write a volume as width × height × depth; `formatVolume` does so.
 */
export type Shape = readonly number[];
export type Volume = readonly [channels: number, height: number, width: number];

export function isVolume(shape: Shape): shape is Volume {
  return shape.length === 3;
}

export function elements(shape: Shape): number {
  return shape.reduce((product, dim) => product * dim, 1);
}

/** "28×28×6" (width × height × depth) for a volume, "120" for a vector. */
export function formatVolume(shape: Shape): string {
  return isVolume(shape) ? `${shape[2]}×${shape[1]}×${shape[0]}` : shape.join('×');
}

/** The same, or "?" for a volume that cannot be computed. */
export function volumeText(shape: Shape | undefined): string {
  return shape === undefined ? '?' : formatVolume(shape);
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, i) => dim === b[i]);
}

/** One number for a square, or [height, width]. */
export type Size = number | readonly [height: number, width: number];
/** Pixels added on each side, or `same`: as many as keep ⌈n / s⌉ outputs, the odd one at the end (as TensorFlow does). */
export type Padding = Size | 'same';

export function pair(size: Size): readonly [height: number, width: number] {
  return typeof size === 'number' ? [size, size] : size;
}

/** "5×5" (width × height, as the lectures write). */
export function formatSize(size: Size): string {
  const [height, width] = pair(size);
  return `${width}×${height}`;
}
