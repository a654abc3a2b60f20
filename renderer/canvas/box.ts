import type { Size } from './dimensions.ts';

/** A rectangle in pixels. */
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
