import type { Box } from './box.ts';
import { BoxIndex } from './box-index.ts';
import type { Stretch } from './lines.ts';

/** An item with the room around it that links keep free. */
export interface Obstacle {
  readonly id: string;
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Levels (y) or, for upright parts, places across (x) between two obstacles. */
export interface Gap {
  readonly low: number;
  readonly high: number;
}

/** Stretches that only touch an obstacle are free. */
const TOUCH = 0.01;

/** The items that links go around. */
export class Obstacles {
  readonly #index = new BoxIndex<Obstacle>();
  readonly #count: number;

  /** @param room what links keep free around each item */
  constructor(boxes: ReadonlyMap<string, Box>, room: number) {
    this.#count = boxes.size;
    for (const [id, { left, top, width, height }] of boxes) {
      const box = { left: left - room, top: top - room, width: width + 2 * room, height: height + 2 * room };
      this.#index.add(box, {
        id,
        left: box.left,
        top: box.top,
        right: box.left + box.width,
        bottom: box.top + box.height,
      });
    }
  }

  get count(): number {
    return this.#count;
  }

  /** Whether a stretch meets no item, but for those of a link's ends if they are given. */
  isClear({ level, at, low, high }: Stretch, except?: { readonly from: string; readonly to: string }): boolean {
    const [left, top, right, bottom] = level ? [low, at, high, at] : [at, low, at, high];
    return !this.#index.some(
      left,
      top,
      right,
      bottom,
      (box) =>
        box.left + TOUCH < right &&
        left < box.right - TOUCH &&
        box.top + TOUCH < bottom &&
        top < box.bottom - TOUCH &&
        box.id !== except?.from &&
        box.id !== except?.to,
    );
  }

  /** How far one comes on a level from a place on, to the right (1) or to the left (-1); nowhere from within an item. */
  reach(level: number, from: number, direction: 1 | -1): number {
    // Distances in that direction.
    let far = Infinity;
    const [left, right] = direction === 1 ? [from, Infinity] : [-Infinity, from];
    this.#index.some(left, level, right, level, (box) => {
      if (level <= box.top + TOUCH || box.bottom - TOUCH <= level) return false;
      const [begin, end] = direction === 1 ? [box.left - from, box.right - from] : [from - box.right, from - box.left];
      if (end > TOUCH) far = Math.min(far, begin < -TOUCH ? -Infinity : begin);
      return false;
    });
    return from + direction * far;
  }

  /** Where level stretches (or upright ones) from `low` to `high` may lie, in order. */
  gaps(level: boolean, low: number, high: number, within: Gap): readonly Gap[] {
    const taken: Gap[] = [];
    const [left, top, right, bottom] = level
      ? [low, within.low, high, within.high]
      : [within.low, low, within.high, high];
    this.#index.some(left, top, right, bottom, (box) => {
      const [a, b, begin, end] = level
        ? [box.left, box.right, box.top, box.bottom]
        : [box.top, box.bottom, box.left, box.right];
      const isIn = a + TOUCH < high && low < b - TOUCH && end > within.low && begin < within.high;
      if (isIn) taken.push({ low: begin, high: end });
      return false;
    });
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

  /** The items that reach into a region. */
  within(left: number, top: number, right: number, bottom: number): readonly Obstacle[] {
    return [...this.#index.near(left, top, right, bottom)].filter(
      (box) => box.left < right && left < box.right && box.top < bottom && top < box.bottom,
    );
  }
}
