import type { Box, Point } from './box.ts';
import { BoxIndex } from './box-index.ts';

/** What a line belongs to. What leaves one source is one volume. */
export interface Ends {
  readonly id: string;
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
  readonly box: Box;
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
  readonly #level = new BoxIndex<Taken>();
  readonly #upright = new BoxIndex<Taken>();
  /** By link, and by source. */
  readonly #byLink = new Map<string, readonly Taken[]>();
  readonly #bySource = new Map<string, Set<string>>();

  /** @param entry how far before an item its links may turn last */
  constructor(trackX: number, trackY: number, entry: number) {
    this.trackX = trackX;
    this.trackY = trackY;
    this.#tail = entry + TAIL_TRACKS * trackX;
  }

  /** Adds a link's way, or puts another in its place. */
  put({ id, from, to }: Ends, points: readonly Point[]): void {
    this.remove({ id, from });
    const parts = stretchesOf(points).map(({ level, at, low, high }): Taken => {
      const box = level
        ? { left: low, top: at, width: high - low, height: 0 }
        : { left: at, top: low, width: 0, height: high - low };
      return { level, at, low, high, from, to, box };
    });
    for (const part of parts) (part.level ? this.#level : this.#upright).add(part.box, part);
    this.#byLink.set(id, parts);
    const siblings = this.#bySource.get(from);
    if (siblings === undefined) this.#bySource.set(from, new Set([id]));
    else siblings.add(id);
  }

  remove({ id, from }: Pick<Ends, 'id' | 'from'>): void {
    for (const part of this.#byLink.get(id) ?? []) (part.level ? this.#level : this.#upright).remove(part.box, part);
    this.#byLink.delete(id);
    this.#bySource.get(from)?.delete(id);
  }

  /** The parts of all other links that leave the same item. */
  siblings({ id, from }: Ends): readonly Stretch[] {
    return [...(this.#bySource.get(from) ?? [])].flatMap((other) =>
      other === id ? [] : (this.#byLink.get(other) ?? []),
    );
  }

  areFree(ends: Ends, points: readonly Point[]): boolean {
    return stretchesOf(points).every((stretch) => this.isFree(ends, stretch));
  }

  /** Whether nothing of another volume runs along a stretch; what has the same end may, just before it. */
  isFree(ends: Ends, { level, at, low, high }: Stretch): boolean {
    const track = (level ? this.trackY : this.trackX) - TOUCH;
    const isTaken = (taken: Taken): boolean => {
      if (taken.from === ends.from || taken.low >= high || low >= taken.high) return false;
      const distance = Math.abs(taken.at - at);
      if (distance > track) return false;
      const from = level ? Math.max(taken.low, low) : Math.min(taken.at, at);
      const isTail = taken.to === ends.to && from > ends.end[0] - this.#tail;
      return !isTail || (distance > TOUCH && !level);
    };
    return level
      ? !this.#level.some(low, at - track, high, at + track, isTaken)
      : !this.#upright.some(at - track, low, at + track, high, isTaken);
  }

  /** How often a way would cross lines of other volumes. */
  crossings(ends: Ends, points: readonly Point[]): number {
    let count = 0;
    for (const { level, at, low, high } of stretchesOf(points)) {
      const near = level ? this.#upright.near(low, at, high, at) : this.#level.near(at, low, at, high);
      for (const taken of near) {
        if (taken.from !== ends.from && taken.low < at && at < taken.high && low < taken.at && taken.at < high) count++;
      }
    }
    return count;
  }

  /** The levels on which the volume of a source runs already, between two places. */
  levelsOf(ends: Ends, low: number, high: number): readonly number[] {
    const own = this.siblings(ends).filter((taken) => taken.level && taken.low < high && low < taken.high);
    return [...new Set(own.map(({ at }) => at))];
  }

  /** Stretches of other volumes that come near a region. */
  others({ from }: Ends, left: number, top: number, right: number, bottom: number): readonly Stretch[] {
    const near = [this.#level, this.#upright].flatMap((index) => [
      ...index.near(left - this.trackX, top - this.trackY, right + this.trackX, bottom + this.trackY),
    ]);
    return near.filter((taken) => taken.from !== from);
  }
}
