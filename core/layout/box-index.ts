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
  readonly #large = new Set<T>();
  readonly #all = new Set<T>();
  /** The cells in which anything ever was. */
  #left = Infinity;
  #top = Infinity;
  #right = -Infinity;
  #bottom = -Infinity;

  /** @param value found by `some` and `near`; it stands for one box */
  add(box: Box, value: T): void {
    this.#all.add(value);
    const { left, top, right, bottom } = cellsOf(box);
    if ((right - left + 1) * (bottom - top + 1) > LARGE) {
      this.#large.add(value);
      return;
    }
    for (let x = left; x <= right; x++) {
      for (let y = top; y <= bottom; y++) {
        const key = x * ROW + y;
        const cell = this.#cells.get(key);
        if (cell === undefined) this.#cells.set(key, [value]);
        else cell.push(value);
      }
    }
    this.#left = Math.min(this.#left, left);
    this.#top = Math.min(this.#top, top);
    this.#right = Math.max(this.#right, right);
    this.#bottom = Math.max(this.#bottom, bottom);
  }

  /** @param box that with which the value was added */
  remove(box: Box, value: T): void {
    this.#all.delete(value);
    if (this.#large.delete(value)) return;
    const { left, top, right, bottom } = cellsOf(box);
    for (let x = left; x <= right; x++) {
      for (let y = top; y <= bottom; y++) {
        const cell = this.#cells.get(x * ROW + y);
        const at = cell?.indexOf(value) ?? -1;
        if (at !== -1) cell?.splice(at, 1);
      }
    }
  }

  /**
   * Whether a test holds for anything in a region; sides may be infinite. What lies near the region is tested too, and some
   * of it more than once.
   */
  some(left: number, top: number, right: number, bottom: number, test: (value: T) => boolean): boolean {
    const firstX = Math.max(this.#left, Math.floor(left / CELL));
    const lastX = Math.min(this.#right, Math.floor(right / CELL));
    const firstY = Math.max(this.#top, Math.floor(top / CELL));
    const lastY = Math.min(this.#bottom, Math.floor(bottom / CELL));
    if ((lastX - firstX + 1) * (lastY - firstY + 1) > this.#all.size) {
      for (const value of this.#all) if (test(value)) return true;
      return false;
    }
    for (const value of this.#large) if (test(value)) return true;
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

function cellsOf({ left, top, width, height }: Box) {
  return {
    left: Math.floor(left / CELL),
    top: Math.floor(top / CELL),
    right: Math.floor((left + width) / CELL),
    bottom: Math.floor((top + height) / CELL),
  };
}
