/** Geometry of layouts: pixels, x to the right, y downwards. */

export type Point = readonly [x: number, y: number];

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A rectangle. */
export interface Box extends Size {
  readonly left: number;
  readonly top: number;
}

/** Whether two boxes cover each other, or come closer than this across and down. */
export function overlap(a: Box, b: Box, across = 0, down = 0): boolean {
  return (
    a.left < b.left + b.width + across &&
    b.left < a.left + a.width + across &&
    a.top < b.top + b.height + down &&
    b.top < a.top + a.height + down
  );
}

/** The smallest box around boxes; one of no size at the origin where there are none. */
export function boundsOf(boxes: Iterable<Box>): Box {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const box of boxes) {
    left = Math.min(left, box.left);
    top = Math.min(top, box.top);
    right = Math.max(right, box.left + box.width);
    bottom = Math.max(bottom, box.top + box.height);
  }
  return right < left
    ? { left: 0, top: 0, width: 0, height: 0 }
    : { left, top, width: right - left, height: bottom - top };
}

/** The straight parts of a line through points, as boxes of no width or no height. */
export function partsOf(points: readonly Point[]): readonly Box[] {
  return points.slice(1).map(([x, y], i) => {
    const [fromX, fromY] = points[i] as Point;
    return {
      left: Math.min(x, fromX),
      top: Math.min(y, fromY),
      width: Math.abs(x - fromX),
      height: Math.abs(y - fromY),
    };
  });
}
