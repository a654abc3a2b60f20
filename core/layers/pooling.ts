/** What MAX POOL and AVG POOL share: fields and window. */
import type { Padding, Size } from '../shape.ts';
import type { LayerWindow } from './define.ts';
import { padding, size } from './fields.ts';

export const poolFields = {
  poolSize: size({ label: 'Kernel size (F)', help: 'Side of the window in pixels.', default: 2, min: 1, max: 1024 }),
  strides: size({
    label: 'Stride (S)',
    help: 'How far the window moves each time; equal to F, windows do not overlap.',
    default: 2,
    min: 1,
    max: 1024,
  }),
  padding: padding({
    label: 'Padding (P)',
    help: 'Pixels added on each side, at most half the window.',
    default: 0,
    max: 512,
    allowSame: true,
  }),
};

/** A POOL is padded by half its window at most, so that every window holds a pixel (PyTorch's rule). */
export function poolWindow(fields: {
  readonly poolSize: Size;
  readonly strides: Size;
  readonly padding: Padding;
}): LayerWindow {
  const { poolSize, strides, padding: p } = fields;
  return {
    kernelSize: poolSize,
    strides,
    padding: p,
    dilation: 1,
    sizeField: 'poolSize',
    maxPadding: (reach) => Math.floor(reach / 2),
  };
}
