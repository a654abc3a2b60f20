import type { Point } from './box.ts';

/** What a line belongs to. What leaves one source is one volume. */
export interface Ends {
  readonly from: string;
  readonly to: string;
  readonly end: Point;
}

/** A straight part of a link: level (`at` is its y) or upright (`at` is its x). */
export interface Stretch {
  readonly level: boolean;
  readonly at: number;
  readonly low: number;
  readonly high: number;
}

interface Taken extends Stretch {
  readonly from: string;
  readonly to: string;
}

/** Within so many tracks of their common end, links of different volumes may run together. */
const TAIL_TRACKS = 8;
const TOUCH = 0.01;

export function stretchesOf(points: readonly Point[]): readonly Stretch[] {
  return points.slice(1).map(([x, y], i) => {
    const [fromX, fromY] = points[i] as Point;
    const level = fromY === y;
    const [a, b] = level ? [fromX, x] : [fromY, y];
    return { level, at: level ? y : x, low: Math.min(a, b), high: Math.max(a, b) };
  });
}

/** Lines that were drawn already: those of other volumes keep their distance from them, and cross them where they must. */
export class Lines {
  /** Least distances of upright and of level parts of different volumes. */
  readonly trackX: number;
  readonly trackY: number;
  readonly #tail: number;
  readonly #level: Taken[] = [];
  readonly #upright: Taken[] = [];

  /** @param entry how far before an item its links may turn last */
  constructor(trackX: number, trackY: number, entry: number) {
    this.trackX = trackX;
    this.trackY = trackY;
    this.#tail = entry + TAIL_TRACKS * trackX;
  }

  add({ from, to }: Ends, points: readonly Point[]): void {
    for (const stretch of stretchesOf(points)) {
      (stretch.level ? this.#level : this.#upright).push({ ...stretch, from, to });
    }
  }

  areFree(ends: Ends, points: readonly Point[]): boolean {
    return stretchesOf(points).every((stretch) => this.isFree(ends, stretch));
  }

  /** Whether nothing of another volume runs along a stretch; what has the same end may, just before it. */
  isFree(ends: Ends, stretch: Stretch): boolean {
    const { level, at, low, high } = stretch;
    const track = (level ? this.trackY : this.trackX) - TOUCH;
    for (const taken of level ? this.#level : this.#upright) {
      if (taken.from === ends.from || taken.low >= high || low >= taken.high) continue;
      const distance = Math.abs(taken.at - at);
      if (distance > track) continue;
      const from = level ? Math.max(taken.low, low) : Math.min(taken.at, at);
      const isTail = taken.to === ends.to && from > ends.end[0] - this.#tail;
      if (!isTail || (distance > TOUCH && !level)) return false;
    }
    return true;
  }

  /** How often a way would cross lines of other volumes. */
  crossings(ends: Ends, points: readonly Point[]): number {
    let count = 0;
    for (const { level, at, low, high } of stretchesOf(points)) {
      for (const taken of level ? this.#upright : this.#level) {
        if (taken.from !== ends.from && taken.low < at && at < taken.high && low < taken.at && taken.at < high) count++;
      }
    }
    return count;
  }

  /** The levels on which the volume of a source runs already, between two places. */
  levelsOf({ from }: Ends, low: number, high: number): readonly number[] {
    const own = this.#level.filter((taken) => taken.from === from && taken.low < high && low < taken.high);
    return [...new Set(own.map(({ at }) => at))];
  }

  /** Stretches of other volumes. */
  others({ from }: Ends): readonly Stretch[] {
    return [...this.#level, ...this.#upright].filter((taken) => taken.from !== from);
  }
}
