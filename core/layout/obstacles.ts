import type { Box } from './box.ts';
import type { Stretch } from './lines.ts';

/** An item with the room around it that links keep free. */
export interface Obstacle {
  readonly id: string;
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Stretches that only touch an obstacle are free. */
const TOUCH = 0.01;

export function obstacleOf(id: string, { left, top, width, height }: Box, room: number): Obstacle {
  return { id, left: left - room, top: top - room, right: left + width + room, bottom: top + height + room };
}

export function isClear(obstacles: readonly Obstacle[], { level, at, low, high }: Stretch): boolean {
  for (const { left, top, right, bottom } of obstacles) {
    const hit = level
      ? top + TOUCH < at && at < bottom - TOUCH && left + TOUCH < high && low < right - TOUCH
      : left + TOUCH < at && at < right - TOUCH && top + TOUCH < high && low < bottom - TOUCH;
    if (hit) return false;
  }
  return true;
}

/** How far one comes on a level from a place on, to the right (1) or to the left (-1); nowhere from within an obstacle. */
export function reach(obstacles: readonly Obstacle[], level: number, from: number, direction: 1 | -1): number {
  // Distances in that direction.
  let far = Infinity;
  for (const { left, top, right, bottom } of obstacles) {
    if (level <= top + TOUCH || bottom - TOUCH <= level) continue;
    const [begin, end] = direction === 1 ? [left - from, right - from] : [from - right, from - left];
    if (end > TOUCH) far = Math.min(far, begin < -TOUCH ? -Infinity : begin);
  }
  return from + direction * far;
}

export interface Gap {
  readonly low: number;
  readonly high: number;
}

/** Where stretches from `low` to `high` may lie, in order: levels (y) or, for upright ones, places across (x). */
export function gapsFor(
  obstacles: readonly Obstacle[],
  level: boolean,
  low: number,
  high: number,
  within: Gap,
): readonly Gap[] {
  const taken: Gap[] = [];
  for (const { left, top, right, bottom } of obstacles) {
    const [a, b, begin, end] = level ? [left, right, top, bottom] : [top, bottom, left, right];
    if (a + TOUCH < high && low < b - TOUCH && end > within.low && begin < within.high)
      taken.push({ low: begin, high: end });
  }
  taken.sort((a, b) => a.low - b.low);
  const gaps: Gap[] = [];
  let from = within.low;
  for (const { low: begin, high: end } of taken) {
    if (begin >= from) gaps.push({ low: from, high: begin });
    from = Math.max(from, end);
  }
  if (from <= within.high) gaps.push({ low: from, high: within.high });
  return gaps;
}
