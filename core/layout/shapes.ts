import type { Point } from './box.ts';
import type { Lines } from './lines.ts';
import type { Gap, Obstacles } from './obstacles.ts';
import { type LabelRoom, NO_LABEL } from './spacing.ts';

/** A connection to be drawn: out of an item's right side, into another's left one. */
export interface Link {
  readonly id: string;
  /** The items. One that has no box, such as the side of a frame, is in nobody's way. */
  readonly from: string;
  readonly to: string;
  readonly start: Point;
  readonly end: Point;
  /** Room for its text, if it has one. */
  readonly label?: LabelRoom | undefined;
  /** The level that a layout kept free for it, if it passes items. */
  readonly level?: number | undefined;
}

/** The corners of a connection's line, its ends among them. Its parts are level and upright in turn. */
export type Way = readonly Point[];

/** A link for which a way is sought. */
export interface Task {
  readonly link: Link;
  /** Where it may turn first, and last. */
  readonly out: number;
  readonly into: number;
  /** Whether others carry the same volume: it then turns where those do, as soon as it may, if it may there. */
  readonly forks: boolean;
  readonly obstacles: Obstacles;
  readonly lines: Lines;
}

/** Places that are tried in one gap, and ways by different gaps that are compared. */
const PLACES = 24;
const COMPARED = 3;
/** What a crossing is worth in pixels of detour. */
const CROSSING = 14;
/** What it is worth that links of one volume run together. */
const TOGETHER = 80;

/** Whether a link can leave its source and enter its target: other items are not upon them, or too near. */
export function endsAreFree({ link, out, into, obstacles }: Task): boolean {
  const [[startX, startY], [endX, endY]] = [link.start, link.end];
  return (
    obstacles.isClear({ level: true, at: startY, low: startX, high: out }, link) &&
    obstacles.isClear({ level: true, at: endY, low: into, high: endX }, link)
  );
}

/** A way between two items that stand so close to each other that there is room for one upright part at most. */
export function wayBetween(task: Task): Way | undefined {
  return endsAreFree(task) ? withOneUpright(task, task.into, task.out) : undefined;
}

/** A way with one upright part, or with two and a level one between them; undefined where none is free. */
export function plainWay(task: Task): Way | undefined {
  const { link, out, into, obstacles } = task;
  const [startY, endY] = [link.start[1], link.end[1]];
  const [right, left] = [obstacles.reach(startY, out, 1), obstacles.reach(endY, into, -1)];
  return withOneUpright(task, right, left) ?? withTwoUprights(task, right, left);
}

/**
 * @param right how far it may go on the level of its start
 * @param left how far back it may come on the level of its end
 */
function withOneUpright(
  { link, out, into, forks, obstacles, lines }: Task,
  right: number,
  left: number,
): Way | undefined {
  const { start, end } = link;
  const within = { low: Math.max(out, left), high: Math.min(into, right) };
  if (within.low > within.high) return undefined;
  const wanted = forks && within.low === out ? out : within.high;
  const [low, high] = inOrder(start[1], end[1]);
  for (const gap of byDistance(obstacles.gaps(false, low, high, within), wanted)) {
    for (const x of placesIn(gap, wanted, lines.trackX)) {
      const way: Way = [start, [x, start[1]], [x, end[1]], end];
      if (lines.areFree(link, way)) return way;
    }
  }
  return undefined;
}

function withTwoUprights(task: Task, right: number, left: number): Way | undefined {
  const { link, out, into, lines } = task;
  if (right < out || into < left) return undefined;
  const on = (y: number) => around(task, y, right, left);
  const kept = link.level === undefined ? undefined : on(link.level);
  if (kept !== undefined) return kept;
  const detour = (y: number) => Math.abs(y - link.start[1]) + Math.abs(y - link.end[1]);
  let [best, least]: [Way | undefined, number] = [undefined, Infinity];
  const compare = (way: Way, y: number, worth: number) => {
    const cost = detour(y) + CROSSING * lines.crossings(link, way) - worth;
    if (cost < least) [best, least] = [way, cost];
  };
  const [low, high] = inOrder(out, into);
  // What carries the same volume already is rather followed than doubled.
  for (const y of lines.levelsOf(link, low, high)) {
    const way = on(y);
    if (way !== undefined) compare(way, y, TOGETHER);
  }
  let found = 0;
  for (const { gap, wanted } of levelsFor(task, detour)) {
    if (found === COMPARED || detour(wanted) >= least) break;
    const places = placesIn(gap, wanted, lines.trackX);
    for (const y of places) {
      const way = on(y);
      if (way === undefined) continue;
      found += 1;
      compare(way, y, 0);
      break;
    }
  }
  return best;
}

/** The gaps between obstacles that a level part could lie in, and where in each it is best; the shortest way first. */
function levelsFor({ link, out, into, obstacles }: Task, detour: (y: number) => number) {
  const { start, end, label = NO_LABEL } = link;
  const [low, high] = inOrder(out, into);
  return obstacles
    .gaps(true, low, high, { low: -Infinity, high: Infinity })
    .map((gap) => roomFor(label, gap))
    .map((gap) => ({ gap, wanted: wantedIn(gap, start[1], end[1]) }))
    .toSorted((a, b) => detour(a.wanted) - detour(b.wanted));
}

/** The way on a level, if its parts are free. */
function around({ link, out, into, obstacles, lines }: Task, y: number, right: number, left: number): Way | undefined {
  const { start, end } = link;
  const upright = (from: number, wanted: number, within: Gap): number | undefined => {
    const [low, high] = inOrder(from, y);
    for (const gap of byDistance(obstacles.gaps(false, low, high, within), wanted)) {
      for (const x of placesIn(gap, wanted, lines.trackX)) {
        if (lines.isFree(link, { level: false, at: x, low, high })) return x;
      }
    }
    return undefined;
  };
  const a = upright(start[1], out, { low: out, high: right });
  const b = upright(end[1], into, { low: left, high: into });
  if (a === undefined || b === undefined || a === b) return undefined;
  const [low, high] = inOrder(a, b);
  if (!obstacles.isClear({ level: true, at: y, low, high })) return undefined;
  const way: Way = [start, [a, start[1]], [a, y], [b, y], [b, end[1]], end];
  return lines.areFree(link, way) ? way : undefined;
}

function inOrder(a: number, b: number): readonly [number, number] {
  return a < b ? [a, b] : [b, a];
}

/** A gap without what a line's text takes of it; all of it where the text does not fit. */
function roomFor({ above, below }: LabelRoom, { low, high }: Gap): Gap {
  const without = { low: low + above, high: high - below };
  return without.low <= without.high ? without : { low, high };
}

/** Where in a gap a line is best: as near to its ends as can be, or in the middle of a gap that lies between them. */
function wantedIn({ low, high }: Gap, start: number, end: number): number {
  const [upper, lower] = inOrder(start, end);
  if (upper <= low && high <= lower) return (low + high) / 2;
  const near =
    Math.abs(low - upper) + Math.abs(low - lower) < Math.abs(high - upper) + Math.abs(high - lower) ? low : high;
  return low <= upper && upper <= high ? upper : near;
}

function byDistance(gaps: readonly Gap[], wanted: number): readonly Gap[] {
  const distance = ({ low, high }: Gap) => Math.max(low - wanted, wanted - high, 0);
  return gaps.toSorted((a, b) => distance(a) - distance(b));
}

/** Places in a gap, the nearest to the wanted one first. */
function* placesIn({ low, high }: Gap, wanted: number, step: number): Generator<number> {
  const first = Math.min(Math.max(wanted, low), high);
  yield first;
  for (let i = 1; i <= PLACES; i++) {
    if (first - i * step >= low) yield first - i * step;
    if (first + i * step <= high) yield first + i * step;
  }
}
