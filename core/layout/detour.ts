import type { Point } from './box.ts';
import type { Obstacle } from './obstacles.ts';
import type { Task, Way } from './shapes.ts';

/** What a turn costs, and a pixel beside another volume's line, in pixels of way. */
const TURN = 40;
const BESIDE = 12;
/** How far around its ends a way is sought, at first and then; where there are more lines than this, only plain ones. */
const REGIONS = [160, 640, Infinity] as const;
const LINES = 400;

/**
 * A shortest way with few turns (A* on the lines along obstacles' edges); undefined where there is none. It may run beside
 * another link if all other ways are much longer.
 */
export function detour(task: Task): Way | undefined {
  for (const region of REGIONS) {
    const grid = gridOf(task, region);
    const way = grid && search(grid, task);
    if (way !== undefined) return way;
    if (grid?.isWhole) break;
  }
  return undefined;
}

interface SearchGrid {
  /** Ascending. */
  readonly xs: readonly number[];
  readonly ys: readonly number[];
  /** For each point, by column and row: the cost of the way to the next one to the right, and to the next one below. */
  readonly right: Float64Array;
  readonly down: Float64Array;
  /** Whether all obstacles are in it. */
  readonly isWhole: boolean;
}

function gridOf({ link, out, into, obstacles, lines }: Task, region: number): SearchGrid | undefined {
  const [startY, endY] = [link.start[1], link.end[1]];
  const [left, right] = [Math.min(out, into) - region, Math.max(out, into) + region];
  const [top, bottom] = [Math.min(startY, endY) - region, Math.max(startY, endY) + region];
  const near = obstacles.within(left, top, right, bottom);
  const sides = (offsets: readonly number[], low: (box: Obstacle) => number, high: (box: Obstacle) => number) =>
    near.flatMap((box) => offsets.flatMap((offset) => [low(box) - offset, high(box) + offset]));
  const linesOf = (count: number): readonly [readonly number[], readonly number[]] => {
    const offsets = (track: number) => Array.from({ length: count }, (_, i) => i * track);
    const xs = sides(offsets(lines.trackX), (box) => box.left, (box) => box.right); // biome-ignore format: both sides in a line
    const ys = sides(offsets(lines.trackY), (box) => box.top, (box) => box.bottom); // biome-ignore format: both sides in a line
    return [within([out, into, ...xs], left, right), within([startY, endY, ...ys], top, bottom)];
  };
  let [xs, ys] = linesOf(3);
  if (Math.max(xs.length, ys.length) > LINES) [xs, ys] = linesOf(1);
  const [columns, rows] = [xs.length, ys.length];
  const grid = { xs, ys, right: new Float64Array(columns * rows), down: new Float64Array(columns * rows) };
  for (let j = 0; j < rows; j++) {
    for (let i = 0; i < columns; i++) {
      grid.right[i + j * columns] = i + 1 < columns ? (xs[i + 1] as number) - (xs[i] as number) : Infinity;
      grid.down[i + j * columns] = j + 1 < rows ? (ys[j + 1] as number) - (ys[j] as number) : Infinity;
    }
  }
  for (const box of near) {
    mark(grid.right, xs, ys, box, columns, 1, () => Infinity);
    mark(grid.down, ys, xs, { left: box.top, right: box.bottom, top: box.left, bottom: box.right }, 1, columns, () => Infinity); // biome-ignore format: the axes exchanged
  }
  for (const { level, at, low, high } of lines.others(link, left, top, right, bottom)) {
    const track = level ? lines.trackY : lines.trackX;
    const strip = { left: low, right: high, top: at - track, bottom: at + track };
    const dearer = (cost: number) => cost * BESIDE;
    if (level) mark(grid.right, xs, ys, strip, columns, 1, dearer);
    else mark(grid.down, ys, xs, strip, 1, columns, dearer);
  }
  return { ...grid, isWhole: near.length === obstacles.count };
}

function within(values: readonly number[], low: number, high: number): readonly number[] {
  return [...new Set(values)].filter((value) => low <= value && value <= high).sort((a, b) => a - b);
}

/**
 * Changes the cost of all steps along one axis that pass through a rectangle.
 *
 * @param along places of the points along that axis, `across` along the other
 * @param step how far apart, in the array of costs, points are that lie beside each other along and across
 */
function mark(
  costs: Float64Array,
  along: readonly number[],
  across: readonly number[],
  { left, right, top, bottom }: Omit<Obstacle, 'id'>,
  acrossStep: number,
  alongStep: number,
  change: (cost: number) => number,
): void {
  for (let j = firstAbove(across, top); j < across.length && (across[j] as number) < bottom - 0.01; j++) {
    for (
      let i = Math.max(0, firstAbove(along, left) - 1);
      i + 1 < along.length && (along[i] as number) < right - 0.01;
      i++
    ) {
      const at = i * alongStep + j * acrossStep;
      costs[at] = change(costs[at] as number);
    }
  }
}

/** Index of the first of ascending values that is larger. */
function firstAbove(values: readonly number[], limit: number): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((values[middle] as number) > limit + 0.01) high = middle;
    else low = middle + 1;
  }
  return low;
}

const LEVEL = 0;
const UPRIGHT = 1;

/** Of each point two states: reached on a level way, and on an upright one. */
function search({ xs, ys, right, down }: SearchGrid, { link, out, into }: Task): Way | undefined {
  const columns = xs.length;
  const start = xs.indexOf(out) + ys.indexOf(link.start[1]) * columns;
  const goal = xs.indexOf(into) + ys.indexOf(link.end[1]) * columns;
  const costs = new Float64Array(2 * columns * ys.length).fill(Infinity);
  const before = new Int32Array(costs.length).fill(-1);
  const open = new Heap();
  const estimate = (point: number) =>
    Math.abs((xs[point % columns] as number) - into) +
    Math.abs((ys[Math.floor(point / columns)] as number) - link.end[1]);
  const reachState = (state: number, cost: number, from: number) => {
    if (cost >= (costs[state] as number)) return;
    costs[state] = cost;
    before[state] = from;
    open.push(state, cost + estimate(state >> 1));
  };
  reachState(2 * start + LEVEL, 0, -1);
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    const [point, direction] = [state >> 1, state & 1];
    // It ends on its target's level.
    if (point === goal && direction === LEVEL) return wayTo(state);
    const cost = costs[state] as number;
    const go = (next: number, length: number, turned: number) => {
      if (length !== Infinity) reachState(2 * next + turned, cost + length + (turned === direction ? 0 : TURN), state);
    };
    const column = point % columns;
    if (column + 1 < columns) go(point + 1, right[point] as number, LEVEL);
    if (column > 0) go(point - 1, right[point - 1] as number, LEVEL);
    if (point + columns < columns * ys.length) go(point + columns, down[point] as number, UPRIGHT);
    if (point >= columns) go(point - columns, down[point - columns] as number, UPRIGHT);
    // At the very end a turn on the spot: from upright to level.
    if (point === goal && direction === UPRIGHT) reachState(2 * point + LEVEL, cost + TURN, state);
  }
  return undefined;

  function wayTo(last: number): Way {
    const points: Point[] = [link.end];
    for (let state = last; state !== -1; state = before[state] as number) {
      const point = state >> 1;
      points.push([xs[point % columns] as number, ys[Math.floor(point / columns)] as number]);
    }
    return cornersOf([...points, link.start].reverse());
  }
}

/** A line without points in its straight parts. */
function cornersOf(points: readonly Point[]): Way {
  const corners: Point[] = [];
  for (const point of points) {
    const [last, previous] = [corners.at(-1), corners.at(-2)];
    if (last !== undefined && last[0] === point[0] && last[1] === point[1]) continue;
    const straight =
      last !== undefined &&
      previous !== undefined &&
      ((previous[0] === last[0] && last[0] === point[0]) || (previous[1] === last[1] && last[1] === point[1]));
    if (straight) corners.pop();
    corners.push(point);
  }
  return corners;
}

/** A binary heap: the least comes first, of equal ones the one that was pushed first. */
class Heap {
  readonly #states: number[] = [];
  readonly #costs: number[] = [];

  push(state: number, cost: number): void {
    const [states, costs] = [this.#states, this.#costs];
    let at = states.length;
    states.push(state);
    costs.push(cost);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if ((costs[parent] as number) <= cost) break;
      this.#move(parent, at);
      at = parent;
    }
    states[at] = state;
    costs[at] = cost;
  }

  pop(): number | undefined {
    const [states, costs] = [this.#states, this.#costs];
    const first = states[0];
    const [last, cost] = [states.pop(), costs.pop()];
    if (states.length === 0 || last === undefined || cost === undefined) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= states.length) break;
      if (child + 1 < states.length && (costs[child + 1] as number) < (costs[child] as number)) child += 1;
      if ((costs[child] as number) >= cost) break;
      this.#move(child, at);
      at = child;
    }
    states[at] = last;
    costs[at] = cost;
    return first;
  }

  #move(from: number, to: number): void {
    this.#states[to] = this.#states[from] as number;
    this.#costs[to] = this.#costs[from] as number;
  }
}
