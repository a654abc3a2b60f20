import type { WindowFit } from '../fit.ts';
import type { Placement } from '../layers/define.ts';
import { isVolume, type Shape } from '../shape.ts';
import {
  type AxisField,
  joined,
  jumpOf,
  moved,
  OWN_PIXEL,
  repeated,
  sameAxisField,
  sizeOf,
  spanAt,
  throughWindow,
  widest,
} from './axis-field.ts';

/**
 * What one value of a volume depends on: a rectangle of the input. As the literature has it (Araujo, Norris and Sim 2019,
 * "Computing Receptive Fields of Convolutional Neural Networks"), of a value far from the border, as if the input had no end;
 * values near the border see less. Where values see differently many pixels (behind UPSAMPLE), the most. A dilated window
 * counts from its first to its last tap.
 */
export interface ReceptiveField {
  /** Pixels as [height, width]. */
  readonly size: readonly [number, number];
  /** Pixels that the rectangles of neighbouring values lie apart; behind UPSAMPLE it may be a fraction. */
  readonly jump: readonly [number, number];
  /** Which pixels each value sees. */
  readonly height: AxisField;
  readonly width: AxisField;
}

/**
 * The receptive field of a layer's output; undefined where the output is no volume, or its pixels are not those of its input
 * in their order.
 *
 * @param fit of the layer's window, if it has one
 * @param placement of the pixels, if it has none and they are not one to one
 */
export function receptiveField(
  inputs: readonly (ReceptiveField | undefined)[],
  output: Shape,
  fit: WindowFit | undefined,
  placement: Placement | undefined,
): ReceptiveField | undefined {
  if (!isVolume(output) || placement?.type === 'rearranged') return undefined;
  const axis = (name: 'height' | 'width', index: 0 | 1): AxisField | undefined => {
    const fields = inputs.map((field) => field?.[name]);
    if (fields.includes(undefined)) return undefined;
    const field = fields.length === 0 ? OWN_PIXEL : joined(fields as readonly AxisField[]);
    if (field === undefined) return undefined;
    if (fit !== undefined) return throughWindow(field, fit[name].reach, fit[name].stride, fit[name].pads[0]);
    if (placement?.type === 'repeated') return repeated(field, placement.factors[index]);
    if (placement?.type === 'padded') return moved(field, placement.padding[index]);
    return field;
  };
  const [height, width] = [axis('height', 0), axis('width', 1)];
  if (height === undefined || width === undefined) return undefined;
  const size = (field: AxisField, length: number) => sizeOf(spanAt(field, widest(field, length)));
  return {
    size: [size(height, output[1]), size(width, output[2])],
    jump: [jumpOf(height), jumpOf(width)],
    height,
    width,
  };
}

/** Pixels that the field covers as [height, width]. */
export function fieldSides({ size }: ReceptiveField): readonly [height: number, width: number] {
  return size;
}

/** Whether two volumes see the same, value by value. */
export function sameField(a: ReceptiveField | undefined, b: ReceptiveField | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return sameAxisField(a.height, b.height) && sameAxisField(a.width, b.width);
}
