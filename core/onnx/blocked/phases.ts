import type { Value } from '../graph.ts';
import type { AttributesOf } from '../operators/attributes.ts';
import type { GraphWriter } from '../operators/operator.ts';
import { EVERYWHERE } from '../operators/window.ts';
import { float32, type Tensor } from '../tensor.ts';
import { blockedFilters } from './filters.ts';

/** Along one axis: for each phase of the output and each tap of the one CONV, which row of the filters it is. */
interface Axis {
  readonly taps: number;
  /** The filters' rows, phase by phase; undefined stands for zeros. */
  readonly rows: readonly (number | undefined)[];
  readonly front: number;
  readonly back: number;
}

/** A volume whose pixels a stride apart lie together: [N, phases · C, H/s, W/s] in blocks. */
export interface Phases {
  readonly maps: Value;
  readonly strides: readonly [number, number];
  readonly channels: number;
}

/**
 * A strided ConvTranspose in one group as one CONV of stride 1: outputs a stride apart are one phase; each phase is a CONV
 * of dy with its share of the filters' taps. All of them are done at once, as filters side by side, and then interleaved.
 * With 3×3 filters and stride 2, 16 products for 9; ONNX Runtime's ConvTranspose takes three times as long.
 *
 * @param dy [N, K, oh, ow], in blocks where K fills one
 * @param w [K, C, fh, fw], C whole blocks
 * @param size of the output; a multiple of the stride
 * @returns [N, C, H, W], still in phases; undefined where the attributes are not those of a CONV's input gradient
 */
export function byPhases(
  graph: GraphWriter,
  dy: Value,
  w: Value,
  { kernel_shape, strides, pads, dilations, group }: AttributesOf<'ConvTranspose'>,
  size: readonly number[],
): Phases | undefined {
  const [, , ...given] = graph.dims(dy);
  const axes = [0, 1].map((axis) => {
    const at = (values: readonly number[]) => values[axis] as number;
    if (at(dilations) !== 1 || at(size) % at(strides) !== 0) return undefined;
    return phasesOf(at(kernel_shape), at(strides), at(pads), at(given), at(size) / at(strides));
  });
  const [vertical, horizontal] = axes;
  if (group !== 1 || vertical === undefined || horizontal === undefined) return undefined;
  const [filters, channels] = graph.dims(w) as readonly [number, number];
  const [sh, sw] = strides as readonly [number, number];
  const reshape = (value: Value, dims: readonly number[]) => graph.add('Reshape', [value, graph.ints(dims)], {});

  // A filter for each phase and channel: those of its taps that it has, else zeros.
  const turned = graph.add('Transpose', [w], { perm: [1, 0, 2, 3] });
  const [fh, fw] = kernel_shape as readonly [number, number];
  const flat = reshape(turned, [channels * filters, fh * fw]);
  const taps = graph.add('MatMul', [flat, graph.constant(selection(vertical, fh, horizontal, fw))], {});
  const apart = reshape(taps, [channels, filters, sh, vertical.taps, sw, horizontal.taps]);
  const phases = reshape(graph.add('Transpose', [apart], { perm: [2, 4, 0, 1, 3, 5] }), [
    sh * sw * channels,
    filters,
    vertical.taps,
    horizontal.taps,
  ]);
  const maps = graph.add('NchwcConv', [dy, blockedFilters(graph, phases)], {
    ...EVERYWHERE,
    kernel_shape: [vertical.taps, horizontal.taps],
    pads: [vertical.front, horizontal.front, vertical.back, horizontal.back],
    group: 1,
    activation: '',
  });
  return { maps, strides: [sh, sw], channels };
}

/** [N, C, H, W] in blocks, its pixels side by side again. */
export function woven(graph: GraphWriter, { maps, strides: [sh, sw], channels }: Phases): Value {
  const b = graph.target.channelBlock;
  const [n, , h, w] = graph.dims(maps) as readonly [number, number, number, number];
  const split = graph.add('Reshape', [maps, graph.ints([n, sh, sw, channels / b, h, w, b])], {});
  const ordered = graph.add('Transpose', [split], { perm: [0, 3, 4, 1, 5, 2, 6] });
  return graph.add('Reshape', [ordered, graph.ints([n, channels, sh * h, sw * w])], {});
}

/** The sum of two volumes, still in phases where both are. */
export function sumOfPhases(graph: GraphWriter, a: Phases, b: Phases): Phases | undefined {
  if (a.strides.join() !== b.strides.join()) return undefined;
  return { ...a, maps: graph.add('Add', [a.maps, b.maps], {}) };
}

/** Output i = q·s + r gets dy[p] through tap f where p·s + f − pad = i: for each r, the taps and their p − q. */
function phasesOf(kernel: number, stride: number, pad: number, given: number, each: number): Axis | undefined {
  const found = Array.from({ length: kernel }, (_, f) => {
    const phase = (((f - pad) % stride) + stride) % stride;
    return { f, phase, offset: (phase + pad - f) / stride };
  });
  const offsets = found.map(({ offset }) => offset);
  const [least, most] = [Math.min(...offsets), Math.max(...offsets)];
  const taps = most - least + 1;
  const rows = Array.from({ length: stride * taps }, (): number | undefined => undefined);
  for (const { f, phase, offset } of found) rows[phase * taps + offset - least] = f;
  const [front, back] = [-least, each + most - given];
  return front < 0 || back < 0 ? undefined : { taps, rows, front, back };
}

/** [fh·fw, rows · rows]: which tap of a filter each tap of a phase is. */
function selection(vertical: Axis, fh: number, horizontal: Axis, fw: number): Tensor {
  const [down, across] = [vertical.rows.length, horizontal.rows.length];
  const chosen = new Float32Array(fh * fw * down * across);
  vertical.rows.forEach((i, row) => {
    horizontal.rows.forEach((j, column) => {
      if (i !== undefined && j !== undefined) chosen[((i * fw + j) * down + row) * across + column] = 1;
    });
  });
  return float32([fh * fw, down * across], chosen);
}
