/** Where a network's volumes lie in a small picture of it. */
import type { Category } from '#core/layers/define.ts';
import { layerDefinition } from '#core/layers/index.ts';
import type { LayerId, Network } from '#core/network/network.ts';
import { type LayerReport, propagate } from '#core/network/propagate.ts';
import { isVolume, type Shape } from '#core/shape.ts';
import { columnsOf, type Slot } from './picture-columns.ts';

/** Size of a picture in its own pixels. */
export const PICTURE = { width: 236, height: 68 } as const;

export interface Bar {
  readonly id: LayerId;
  readonly category: Category;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** A CONV whose filters see one pixel: 1×1. */
  readonly pale: boolean;
}

/** An edge that passes other layers, from point to point. */
export interface Line {
  readonly id: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface Picture {
  readonly bars: readonly Bar[];
  readonly lines: readonly Line[];
}

/** Room between columns, at full scale; between what lies in one column; and what a passing edge takes there. */
const GAP = { column: 3, row: 2.5, part: 1.5 } as const;
const LINE = 2;
/** Width of a merge. */
const MERGE = 1.2;
/** Largest factor that a short network's columns are widened by. */
const WIDEST = 2.2;
/** Volumes that lie above each other share the height, but each has a little more than its part. */
const SHARE = 0.7;
/** Into how many parts a bar is cut at most, however many groups its layer has. */
const MOST_PARTS = 4;

interface Placed {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * One bar a volume, higher the wider its maps are, thicker the deeper it is, in columns by its distance from the INPUT,
 * blocks expanded. Layers that work in place have none, nor has BATCH NORM, which belongs to its CONV;
 * branches lie above each other and share the height; edges that pass other layers are lines below or between them.
 * A CONV in groups, or a depthwise one, is cut into parts.
 */
export function pictureOf(network: Network): Picture {
  const { layers, order } = propagate(network);
  const reportOf = (id: LayerId) => layers.get(id) as LayerReport;
  const columns = columnsOf(network, order, (id) => isDrawn(reportOf(id)));
  const places = placeColumns(columns, (id) => sizeOf(reportOf(id)));
  const bars = columns.flat().flatMap((slot) => {
    const place = places.get(slot);
    return slot.layer === undefined || place === undefined ? [] : barsOf(reportOf(slot.layer), place);
  });
  return { bars, lines: linesOf(columns, places) };
}

function isDrawn({ layer, shape }: LayerReport): boolean {
  const definition = layerDefinition(layer.kind);
  if (shape === undefined || definition === undefined || layer.kind === 'BatchNormalization') return false;
  return !definition.inPlace || definition.category === 'Merge';
}

interface Size {
  /** Before columns are scaled to the picture; 0 for a merge, which stays as thin as it is. */
  readonly width: number;
  readonly height: number;
  readonly merges: boolean;
}

function sizeOf({ layer, shape = [] }: LayerReport): Size {
  const merges = layerDefinition(layer.kind)?.category === 'Merge';
  const height = heightOf(shape);
  if (merges) return { width: 0, height, merges };
  return { width: isVolume(shape) ? Math.max(2.5, Math.sqrt(shape[0]) * 0.9) : 4, height, merges };
}

/** Flatter than the root, so that 7×7 can be seen beside 224×224; a vector is drawn as if it were a seventh as long. */
function heightOf(shape: Shape): number {
  return isVolume(shape) ? shape[1] ** 0.4 : (shape[0] ?? 1) ** 0.4 / 7;
}

function placeColumns(
  columns: readonly (readonly Slot[])[],
  sizeOfLayer: (id: LayerId) => Size,
): ReadonlyMap<Slot, Placed> {
  const sizes = columns.map((column) =>
    column.map(({ layer }) => (layer === undefined ? undefined : sizeOfLayer(layer))),
  );
  const widths = sizes.map((column) => Math.max(0, ...column.map((size) => size?.width ?? 0)));
  const tallest = Math.max(1, ...sizes.flat().map((size) => size?.height ?? 0));
  const thin = widths.filter((width) => width === 0).length;
  const merge = Math.min(MERGE, PICTURE.width / 2 / thin);
  const full = widths.reduce((sum, width) => sum + width + GAP.column, -GAP.column);
  const scaleX = Math.min(WIDEST, (PICTURE.width - thin * merge) / full);
  const scaleY = PICTURE.height / tallest;
  const places = new Map<Slot, Placed>();
  let x = 0;
  let before = 0;
  for (const [i, column] of columns.entries()) {
    const volumes = column.filter(({ layer }) => layer !== undefined).length;
    const heights = (sizes[i] ?? []).map((size) => {
      if (size === undefined) return LINE;
      // A merge is as high as what it brings together.
      return Math.max(3, (size.height * scaleY) / volumes ** SHARE, size.merges ? before : 0);
    });
    const sum = heights.reduce((total, height) => total + height + GAP.row, -GAP.row);
    const fits = Math.min(1, PICTURE.height / sum);
    const width = (widths[i] ?? 0) * scaleX || merge;
    let y = (PICTURE.height - sum * fits) / 2;
    for (const [at, slot] of column.entries()) {
      const height = (heights[at] ?? 0) * fits;
      places.set(slot, { x, y, width, height });
      y += height + GAP.row * fits;
    }
    before = sum * fits;
    x += width + GAP.column * scaleX;
  }
  return places;
}

function barsOf({ layer, inputShapes }: LayerReport, place: Placed): readonly Bar[] {
  const { kind, fields } = layer;
  const category = layerDefinition(kind)?.category ?? 'Input';
  const groups = kind === 'DepthwiseConv2D' ? (inputShapes[0]?.[0] ?? 1) : Number(fields['groups'] ?? 1);
  const parts = Math.min(groups, MOST_PARTS);
  const height = (place.height - GAP.part * (parts - 1)) / parts;
  const pale = kind === 'Conv2D' && fields['kernelSize'] === 1;
  return Array.from({ length: parts }, (_, i) => ({
    id: parts === 1 ? layer.id : `${layer.id} ${i + 1}`,
    category,
    x: place.x,
    y: place.y + i * (height + GAP.part),
    width: place.width,
    height: Math.max(1, height),
    pale,
  }));
}

/** The edges that pass a column or more, from the right side of one bar to the left side of another. */
function linesOf(columns: readonly (readonly Slot[])[], places: ReadonlyMap<Slot, Placed>): readonly Line[] {
  const ends = columns.flat().filter(({ layer }) => layer !== undefined);
  return ends.flatMap((end) =>
    end.before.flatMap((last, i): Line[] => {
      const passed = passedBefore(last);
      const way = [...passed.slots, end].flatMap((slot) => places.get(slot) ?? []);
      const start = places.get(passed.start);
      if (passed.slots.length === 0 || start === undefined) return [];
      return [{ id: `${end.layer} ${i}`, points: pointsAlong(start, way) }];
    }),
  );
}

/** The slots that an edge goes through, from its start on. */
function passedBefore(last: Slot): { readonly start: Slot; readonly slots: readonly Slot[] } {
  const [before] = last.before;
  if (last.layer !== undefined || before === undefined) return { start: last, slots: [] };
  const { start, slots } = passedBefore(before);
  return { start, slots: [...slots, last] };
}

function pointsAlong(start: Placed, way: readonly Placed[]): Line['points'] {
  const passed = way.slice(0, -1);
  const end = way.at(-1) as Placed;
  const middle = ({ y, height }: Placed) => y + height / 2;
  const within = (y: number, bar: Placed) => Math.min(Math.max(y, bar.y + 0.5), bar.y + bar.height - 0.5);
  return [
    [start.x + start.width, within(middle(passed[0] as Placed), start)],
    ...passed.flatMap((slot) => [[slot.x, middle(slot)] as const, [slot.x + slot.width, middle(slot)] as const]),
    [end.x, within(middle(passed.at(-1) as Placed), end)],
  ];
}
