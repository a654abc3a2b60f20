/** Size that a node is laid out with, in pixels. */
export const NODE = { width: 176, height: 70 } as const;

/** Pixels between the points that layers snap to. */
export const GRID = 10;

/** Room between columns (for the volume on the edge) and between rows. */
export const GAP = { column: 84, row: 30, band: 50 } as const;

export interface Size {
  readonly width: number;
  readonly height: number;
}

export type Position = readonly [x: number, y: number];
