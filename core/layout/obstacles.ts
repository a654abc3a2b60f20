import type { Box } from './box.ts';
import { BoxIndex } from './box-index.ts';
import type { Stretch } from './lines.ts';

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

interface Items {
  readonly index: BoxIndex<Obstacle>;
  readonly byId: Map<string, { readonly box: Box; readonly obstacle: Obstacle }>;
}

/** The items that links go around. */
export class Obstacles {
  readonly #items: Items;
  readonly #index: BoxIndex<Obstacle>;
  readonly #room: number;

  private constructor(items: Items, room: number) {
    this.#items = items;
    this.#index = items.index;
    this.#room = room;
  }

  /** @param room what links keep free around each item */
  static of(boxes: ReadonlyMap<string, Box>, room: number): Obstacles {
    const obstacles = new Obstacles({ index: new BoxIndex(), byId: new Map() }, room);
    for (const [id, box] of boxes) obstacles.put(id, box);
    return obstacles;
  }

  /** The same items, with other room around them. */
  withRoom(room: number): Obstacles {
    return new Obstacles(this.#items, room);
  }

  get count(): number {
    return this.#items.byId.size;
  }

  /** Adds an item, or moves it. */
  put(id: string, box: Box): void {
    const { index, byId } = this.#items;
    const known = byId.get(id);
    if (known !== undefined) index.remove(known.box, known.obstacle);
    const { left, top, width, height } = box;
    const obstacle = { id, left, top, right: left + width, bottom: top + height };
    index.add(box, obstacle);
    byId.set(id, { box, obstacle });
  }

  /** Whether a stretch meets no item, but for those of a link's ends if they are given. */
  isClear({ level, at, low, high }: Stretch, except?: { readonly from: string; readonly to: string }): boolean {
    const near = this.#room - TOUCH;
    const [left, right] = level ? [low - near, high + near] : [at - near, at + near];
    const [top, bottom] = level ? [at - near, at + near] : [low - near, high + near];
    return !this.#index.some(
      left,
      top,
      right,
      bottom,
      (box) =>
        box.left < right &&
        left < box.right &&
        box.top < bottom &&
        top < box.bottom &&
        box.id !== except?.from &&
        box.id !== except?.to,
    );
  }

  /** How far one comes on a level from a place on, to the right (1) or to the left (-1); nowhere from within an item. */
  reach(level: number, from: number, direction: 1 | -1): number {
    const near = this.#room - TOUCH;
    const [left, right] = direction === 1 ? [from - near, Infinity] : [-Infinity, from + near];
    // Distances in that direction.
    let far = Infinity;
    this.#index.some(left, level - near, right, level + near, (box) => {
      if (level <= box.top - near || box.bottom + near <= level) return false;
      const begin = (direction === 1 ? box.left - from : from - box.right) - this.#room;
      const end = (direction === 1 ? box.right - from : from - box.left) + this.#room;
      if (end > TOUCH) far = Math.min(far, begin < -TOUCH ? -Infinity : begin);
      return false;
    });
    return from + direction * far;
  }

  /** Where level stretches (or upright ones) from `low` to `high` may lie, in order. */
  gaps(level: boolean, low: number, high: number, within: Gap): readonly Gap[] {
    const taken: Gap[] = [];
    const room = this.#room;
    const [first, last] = [low - room + TOUCH, high + room - TOUCH];
    const [begin, end] = [within.low - room, within.high + room];
    const take = (a: number, b: number, low: number, high: number) => {
      if (a < last && first < b && high > begin && low < end) taken.push({ low: low - room, high: high + room });
      return false;
    };
    if (level) this.#index.some(first, begin, last, end, (box) => take(box.left, box.right, box.top, box.bottom));
    else this.#index.some(begin, first, end, last, (box) => take(box.top, box.bottom, box.left, box.right));
    taken.sort((a, b) => a.low - b.low);
    const gaps: Gap[] = [];
    let from = within.low;
    for (const one of taken) {
      if (one.low >= from) gaps.push({ low: from, high: one.low });
      from = Math.max(from, one.high);
    }
    if (from <= within.high) gaps.push({ low: from, high: within.high });
    return gaps;
  }

  /** The items that reach into a region, with the room around them. */
  within(left: number, top: number, right: number, bottom: number): readonly Obstacle[] {
    const room = this.#room;
    return [...this.#index.near(left - room, top - room, right + room, bottom + room)]
      .map((box) => ({
        id: box.id,
        left: box.left - room,
        top: box.top - room,
        right: box.right + room,
        bottom: box.bottom + room,
      }))
      .filter((box) => box.left < right && left < box.right && box.top < bottom && top < box.bottom);
  }
}
