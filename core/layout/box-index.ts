import type { Box } from './box.ts';

/** Pixels along a side of a cell. */
const CELL = 256;
/** What covers more cells than this is in none, and is always looked at. */
const LARGE = 64;

/** Two numbers as one key, as long as neither has more than 26 bits. */
const ROW = 2 ** 26;

/** Finds boxes by where they lie, without looking at all of them. */
export class BoxIndex<T> {
  readonly #cells = new Map<number, T[]>();
  readonly #large: T[] = [];
  readonly #all: T[] = [];
  #left = Infinity;
  #top = Infinity;
  #right = -Infinity;
  #bottom = -Infinity;

  add({ left, top, width, height }: Box, value: T): void {
    this.#all.push(value);
    const [firstX, lastX] = [Math.floor(left / CELL), Math.floor((left + width) / CELL)];
    const [firstY, lastY] = [Math.floor(top / CELL), Math.floor((top + height) / CELL)];
    if ((lastX - firstX + 1) * (lastY - firstY + 1) > LARGE) {
      this.#large.push(value);
      return;
    }
    for (let x = firstX; x <= lastX; x++) {
      for (let y = firstY; y <= lastY; y++) {
        const key = x * ROW + y;
        const cell = this.#cells.get(key);
        if (cell === undefined) this.#cells.set(key, [value]);
        else cell.push(value);
      }
    }
    [this.#left, this.#top] = [Math.min(this.#left, firstX), Math.min(this.#top, firstY)];
    [this.#right, this.#bottom] = [Math.max(this.#right, lastX), Math.max(this.#bottom, lastY)];
  }

  /**
   * Whether a test holds for anything in a region; sides may be infinite. What lies near the region is tested too, and some
   * of it more than once.
   */
  some(left: number, top: number, right: number, bottom: number, test: (value: T) => boolean): boolean {
    const [firstX, lastX] = [
      Math.max(this.#left, Math.floor(left / CELL)),
      Math.min(this.#right, Math.floor(right / CELL)),
    ];
    const [firstY, lastY] = [
      Math.max(this.#top, Math.floor(top / CELL)),
      Math.min(this.#bottom, Math.floor(bottom / CELL)),
    ];
    if ((lastX - firstX + 1) * (lastY - firstY + 1) > this.#all.length) return this.#all.some(test);
    if (this.#large.some(test)) return true;
    for (let x = firstX; x <= lastX; x++) {
      for (let y = firstY; y <= lastY; y++) if (this.#cells.get(x * ROW + y)?.some(test)) return true;
    }
    return false;
  }

  /** All that lies in or near a region, each once. */
  near(left: number, top: number, right: number, bottom: number): ReadonlySet<T> {
    const found = new Set<T>();
    this.some(left, top, right, bottom, (value) => {
      found.add(value);
      return false;
    });
    return found;
  }
}
