import type { WindowFit } from '../fit.ts';
import { isVolume, type Shape } from '../shape.ts';

/**
 * What one value of a volume depends on: a patch of the input, and how far apart (in pixels of the input) the patches
 * of neighbouring values lie. Both as [height, width]; behind UPSAMPLE they may be fractions.
 */
export interface ReceptiveField {
  readonly size: readonly [number, number];
  readonly jump: readonly [number, number];
}

export const ONE_PIXEL: ReceptiveField = { size: [1, 1], jump: [1, 1] };

/** The field behind a sliding window: size + (F − 1)·jump, jump·S. */
function throughWindow({ size, jump }: ReceptiveField, { height, width }: WindowFit): ReceptiveField {
  return {
    size: [size[0] + (height.reach - 1) * jump[0], size[1] + (width.reach - 1) * jump[1]],
    jump: [jump[0] * height.stride, jump[1] * width.stride],
  };
}

/** The field of several inputs together: the largest of each. */
function union(fields: readonly ReceptiveField[]): ReceptiveField {
  const most = (pick: (field: ReceptiveField) => number) => Math.max(...fields.map(pick));
  return {
    size: [most((f) => f.size[0]), most((f) => f.size[1])],
    jump: [most((f) => f.jump[0]), most((f) => f.jump[1])],
  };
}

/**
 * The receptive field of a layer's output; undefined where the output is no volume.
 *
 * @param fit of the layer's window, if it has one
 * @param enlarged how many times the layer repeats each pixel: neighbours then lie closer
 */
export function receptiveField(
  inputs: readonly (ReceptiveField | undefined)[],
  output: Shape,
  fit: WindowFit | undefined,
  enlarged: readonly [number, number] = [1, 1],
): ReceptiveField | undefined {
  if (!isVolume(output)) return undefined;
  const [first, ...others] = inputs;
  if (first === undefined) return inputs.length === 0 ? ONE_PIXEL : undefined;
  if (others.includes(undefined)) return undefined;
  const field = others.length === 0 ? first : union(inputs as readonly ReceptiveField[]);
  if (fit !== undefined) return throughWindow(field, fit);
  const [v, h] = enlarged;
  return v === 1 && h === 1 ? field : { size: field.size, jump: [field.jump[0] / v, field.jump[1] / h] };
}

/** Pixels that the field covers as [height, width]: whole ones, where UPSAMPLE left fractions. */
export function fieldSides({ size: [height, width] }: ReceptiveField): readonly [height: number, width: number] {
  return [Math.ceil(height), Math.ceil(width)];
}
