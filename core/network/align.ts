import type { LayerId } from './network.ts';

type Position = readonly [x: number, y: number];

/** A layer on the canvas, in pixels. */
export interface Box {
  readonly position: Position;
  readonly width: number;
  readonly height: number;
}

export const ALIGNMENTS = {
  left: 'Align left',
  center: 'Align centres in a column',
  right: 'Align right',
  top: 'Align tops',
  middle: 'Align middles in a row',
  bottom: 'Align bottoms',
  columns: 'Space evenly across',
  rows: 'Space evenly down',
} as const;
export type Alignment = keyof typeof ALIGNMENTS;

type Axis = 0 | 1;
const extent = (box: Box, axis: Axis): number => (axis === 0 ? box.width : box.height);
const EDGE: { readonly [A in Alignment]: readonly [axis: Axis, where: 'begin' | 'middle' | 'end' | 'spread'] } = {
  left: [0, 'begin'],
  center: [0, 'middle'],
  right: [0, 'end'],
  top: [1, 'begin'],
  middle: [1, 'middle'],
  bottom: [1, 'end'],
  columns: [0, 'spread'],
  rows: [1, 'spread'],
};

/** Where layers go so that they are aligned, or evenly spaced between the outermost two. */
export function align(boxes: ReadonlyMap<LayerId, Box>, how: Alignment): ReadonlyMap<LayerId, Position> {
  const [axis, where] = EDGE[how];
  const all = [...boxes];
  const begins = all.map(([, { position }]) => position[axis]);
  const ends = all.map(([, box]) => box.position[axis] + extent(box, axis));
  const [least, most] = [Math.min(...begins), Math.max(...ends)];
  const placed = (box: Box, begin: number): Position =>
    axis === 0 ? [begin, box.position[1]] : [box.position[0], begin];
  if (where !== 'spread') {
    const share = { begin: 0, middle: 0.5, end: 1 }[where];
    return new Map(all.map(([id, box]) => [id, placed(box, least + share * (most - least - extent(box, axis)))]));
  }
  const inOrder = all.toSorted(([, a], [, b]) => a.position[axis] - b.position[axis]);
  const filled = all.reduce((sum, [, box]) => sum + extent(box, axis), 0);
  const gap = (most - least - filled) / Math.max(1, all.length - 1);
  let next = least;
  return new Map(
    inOrder.map(([id, box]) => {
      const begin = next;
      next += extent(box, axis) + gap;
      return [id, placed(box, begin)];
    }),
  );
}
