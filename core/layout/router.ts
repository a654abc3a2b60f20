import type { Box } from './box.ts';
import { detour } from './detour.ts';
import { joined } from './join.ts';
import { Lines } from './lines.ts';
import { Obstacles } from './obstacles.ts';
import { endsAreFree, type Link, plainWay, type Task, type Way, wayBetween } from './shapes.ts';
import { NO_LABEL, type Spacing } from './spacing.ts';

/** How near lines come to items where there is no room for more. */
const TIGHT = 2;
/** Ends that differ by less are on one level. */
const LEVEL = 0.5;

/**
 * Finds ways for links: through no item, and beside each other, not upon each other, but for links of one volume and for
 * the last few pixels before a common end. Where items stand so close that there is no such way, one goes through them.
 *
 * @param kept links with ways that stay as they are
 */
export function routeLinks(
  links: readonly Link[],
  boxes: ReadonlyMap<string, Box>,
  spacing: Spacing,
  kept: readonly (readonly [Link, Way])[] = [],
): ReadonlyMap<string, Way> {
  const router = new Router([...links, ...kept.map(([link]) => link)], boxes, spacing);
  for (const [link, way] of kept) router.keep(link, way);
  return router.route(links);
}

/** Ways of links around items, some of which may be found anew. */
export class Router {
  readonly #spacing: Spacing;
  readonly #boxes: Map<string, Box>;
  readonly #obstacles: Obstacles;
  readonly #lines: Lines;
  /** The items that more than one link leaves. */
  readonly #forks: ReadonlySet<string>;

  /** @param links all that will ever be there */
  constructor(links: readonly Link[], boxes: ReadonlyMap<string, Box>, spacing: Spacing) {
    this.#spacing = spacing;
    this.#boxes = new Map(boxes);
    this.#obstacles = Obstacles.of(boxes, spacing.clear);
    this.#lines = new Lines(spacing.track, levelTrack(links, spacing), spacing.entry);
    this.#forks = forking(links);
  }

  /** Moves an item. */
  move(id: string, box: Box): void {
    this.#boxes.set(id, box);
    this.#obstacles.put(id, box);
  }

  /** Gives a link a way. */
  keep(link: Link, way: Way): void {
    this.#lines.put(link, way);
  }

  /** Finds the ways of links, anew if they have some, past those of all others. */
  route(links: readonly Link[]): ReadonlyMap<string, Way> {
    for (const link of links) this.#lines.remove(link);
    const tight = this.#obstacles.withRoom(TIGHT);
    const ways = new Map<string, Way>();
    const take = (link: Link, way: Way) => {
      this.#lines.put(link, way);
      ways.set(link.id, way);
    };
    const later = links.filter((link) => {
      const way = straightWay(link, tight, this.#lines);
      if (way !== undefined) take(link, way);
      return way === undefined;
    });
    // The shortest first: what is longer goes around it.
    for (const link of later.toSorted((a, b) => lengthOf(a) - lengthOf(b))) take(link, this.#find(link, tight));
    for (const link of later) {
      const way = ways.get(link.id) as Way;
      const together = joined(link, way, this.#obstacles, this.#lines);
      if (together !== way) take(link, together);
    }
    return ways;
  }

  #find(link: Link, tight: Obstacles): Way {
    const task = (obstacles: Obstacles, exit: number, entry: number): Task => {
      const [out, into] = turnsOf(link, this.#boxes, exit, entry);
      return { link, out, into, forks: this.#forks.has(link.from), obstacles, lines: this.#lines };
    };
    const wide = task(this.#obstacles, this.#spacing.exit, this.#spacing.entry);
    const narrow = task(tight, TIGHT, TIGHT);
    const isBetween = wide.out > wide.into && narrow.out <= narrow.into;
    const between = isBetween ? wayBetween(inTheMiddle(narrow)) : undefined;
    return between ?? wayPast(wide) ?? wayPast(narrow) ?? throughItems(wide);
  }
}

/** A task with its one turn half-way. */
function inTheMiddle(task: Task): Task {
  const middle = (task.out + task.into) / 2;
  return { ...task, out: middle, into: middle };
}

function wayPast(task: Task): Way | undefined {
  return endsAreFree(task) ? (plainWay(task) ?? detour(task)) : undefined;
}

/** Level lines side by side leave room for the text between them. */
function levelTrack(links: readonly Link[], { track }: Spacing): number {
  return links.reduce((most, { label = NO_LABEL }) => Math.max(most, label.above + label.below + 2), track);
}

function forking(links: readonly Link[]): ReadonlySet<string> {
  const [once, more] = [new Set<string>(), new Set<string>()];
  for (const { from } of links) (once.has(from) ? more : once).add(from);
  return more;
}

function lengthOf({ start, end }: Link): number {
  return Math.abs(end[0] - start[0]) + Math.abs(end[1] - start[1]);
}

function straightWay(link: Link, obstacles: Obstacles, lines: Lines): Way | undefined {
  const { start, end } = link;
  if (end[0] < start[0] || Math.abs(end[1] - start[1]) > LEVEL) return undefined;
  const way: Way = [start, [end[0], start[1]]];
  if (!obstacles.isClear({ level: true, at: start[1], low: start[0], high: end[0] }, link)) return undefined;
  return lines.areFree(link, way) ? way : undefined;
}

/** Where a link may turn first, and last: beside its items. */
function turnsOf(
  { from, to, start, end }: Link,
  boxes: ReadonlyMap<string, Box>,
  exit: number,
  entry: number,
): readonly [out: number, into: number] {
  const [source, target] = [boxes.get(from), boxes.get(to)];
  const right = source === undefined ? start[0] : Math.max(start[0], source.left + source.width);
  return [right + exit, Math.min(end[0], target?.left ?? end[0]) - entry];
}

/** Where items leave no way: half-way from one to the other, whatever is there. */
function throughItems({ link: { start, end }, out, into }: Task): Way {
  if (out <= into) {
    const middle = (out + into) / 2;
    return [start, [middle, start[1]], [middle, end[1]], end];
  }
  const level = (start[1] + end[1]) / 2;
  return [start, [out, start[1]], [out, level], [into, level], [into, end[1]], end];
}
