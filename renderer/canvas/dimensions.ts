import type { Spacing } from '#core/layout/spacing.ts';
import type { Font } from '#core/typeface/measure.ts';

export type { Box, Point as Position, Size } from '#core/layout/box.ts';

/** Size that a node is laid out with, in pixels. */
export const NODE = { width: 176, height: 70 } as const;

/** Pixels between the points that layers snap to. */
export const GRID = 10;

/** Room between columns (for the volume on the edge) and between rows. */
export const GAP = { column: 84, row: 30, band: 50 } as const;

/** How far handles stick out of a node: connections begin and end there. */
export const HANDLE = 8;

/** How a volume is written on a connection, and how high its text is. */
export const EDGE_TEXT: Font = { size: 10.5 };
export const EDGE_TEXT_HEIGHT = 14;

/** Distances of connections and layouts. */
export const SPACING: Spacing = {
  exit: 16,
  entry: 24,
  clear: 12,
  track: 12,
  row: GAP.row,
  lane: 14,
  band: GAP.band - EDGE_TEXT_HEIGHT,
  column: GAP.column,
  grid: GRID,
  tail: HANDLE + 2,
  head: HANDLE + 8,
};
