import { type AxisFit, readPixels, type WindowFit } from '#core/fit.ts';
import type { Box } from '#core/layout/box.ts';

/** Largest sides of a figure, and of a pixel in it; of a longer axis the last pixels are drawn: there it shows how a window fits. */
export const SIDE = 220;
const CELL = 11;
const PIXELS = SIDE / CELL;
/** Where pixels would be smaller than this, several are drawn as one. */
const LEAST = 5;
/** Below this nothing lies between pixels. */
const APART = 4;
/** How thick an axis is at least, if the other has to be drawn very small. */
const THIN = 3;

export type Cell = 'padding' | 'read' | 'unread';

/** One pixel of an axis, or several that are drawn as one. */
interface Stretch {
  readonly at: number;
  readonly length: number;
  readonly padding: boolean;
  readonly read: boolean;
}

interface AxisFigure {
  /** The part of the padded axis that is drawn, in pixels; it is longer than the axis where the window is. */
  readonly from: number;
  readonly length: number;
  readonly stretches: readonly Stretch[];
  /** Where the window's last position begins. */
  readonly last: number;
}

/** How a window fits, drawn: within `width` × `height`, from 0, 0 on. */
export interface FitFigure {
  readonly width: number;
  readonly height: number;
  readonly cells: readonly (Box & { readonly kind: Cell })[];
  /** The last position of the window. */
  readonly window: Box;
  /** Whether only the end of the padded input is drawn. */
  readonly isPart: boolean;
}

export function fitFigure({ height, width }: WindowFit): FitFigure {
  const longest = Math.max(...[height, width].map((axis) => span(axis).length));
  const scale = Math.min(CELL, SIDE / longest);
  const [rows, columns] = [axisFigure(height, scale), axisFigure(width, scale)];
  const [down, across] = [rows, columns].map(({ length }) => Math.max(scale, THIN / length)) as [number, number];
  const cells = rows.stretches.flatMap((row) =>
    columns.stretches.map((column) => {
      const kind: Cell = row.read && column.read ? (row.padding || column.padding ? 'padding' : 'read') : 'unread';
      return {
        kind,
        left: (column.at - columns.from) * across,
        top: (row.at - rows.from) * down,
        width: inner(column.length * across),
        height: inner(row.length * down),
      };
    }),
  );
  return {
    width: columns.length * across,
    height: rows.length * down,
    cells,
    window: {
      left: (columns.last - columns.from) * across,
      top: (rows.last - rows.from) * down,
      width: width.reach * across,
      height: height.reach * down,
    },
    isPart: rows.from > 0 || columns.from > 0,
  };
}

/** The length of a cell, without the room between it and the next. */
function inner(length: number): number {
  return length >= APART ? length - 1 : length;
}

/** The part of a padded axis that is drawn: its end, and all of the window's last position. */
function span({ n, pads, out, stride, reach }: AxisFit): {
  readonly from: number;
  readonly length: number;
  readonly last: number;
} {
  const padded = n + pads[0] + pads[1];
  const last = Math.max(0, out - 1) * stride;
  const from = Math.max(0, Math.min(last, padded - PIXELS));
  return { from, length: Math.max(padded, last + reach) - from, last };
}

function axisFigure(axis: AxisFit, scale: number): AxisFigure {
  const { from, length, last } = span(axis);
  const read = readPixels(axis);
  const [begin] = axis.pads;
  const pixels = read.slice(from).map((isRead, i): Stretch => {
    const at = from + i;
    return { at, length: 1, padding: at < begin || at >= begin + axis.n, read: isRead };
  });
  return { from, length, last, stretches: together(pixels, Math.ceil(LEAST / scale), read.length - axis.unused) };
}

/**
 * Puts so many pixels into one. It is padding only where all of them are, and read where most are; but what lies behind the
 * last position stays unread.
 */
function together(pixels: readonly Stretch[], count: number, end: number): readonly Stretch[] {
  if (count === 1 || pixels.length < PIXELS) return pixels;
  const stretches: Stretch[] = [];
  for (let i = 0; i < pixels.length; ) {
    const at = (pixels[i] as Stretch).at;
    const until = at < end ? Math.min(i + count, i + end - at) : i + count;
    const group = pixels.slice(i, until);
    const one = {
      at,
      length: group.length,
      padding: group.every(({ padding }) => padding),
      read: 2 * group.filter(({ read }) => read).length >= group.length,
    };
    stretches.push(one);
    i += group.length;
  }
  return stretches;
}
