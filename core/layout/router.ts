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
  const all = [...links, ...kept.map(([link]) => link)];
  const lines = new Lines(spacing.track, levelTrack(all, spacing), spacing.entry);
  for (const [link, way] of kept) lines.add(link, way);
  const roomy = Obstacles.of(boxes, spacing.clear);
  const tight = roomy.withRoom(TIGHT);
  const forks = forking(all);
  const ways = new Map<string, Way>();
  const take = (link: Link, way: Way) => {
    lines.add(link, way);
    ways.set(link.id, way);
  };
  const later = links.filter((link) => {
    const way = straightWay(link, tight, lines);
    if (way !== undefined) take(link, way);
    return way === undefined;
  });
  // The shortest first: what is longer goes around it.
  for (const link of later.toSorted((a, b) => lengthOf(a) - lengthOf(b))) {
    const task = (obstacles: Obstacles, exit: number, entry: number): Task => {
      const [out, into] = turnsOf(link, boxes, exit, entry);
      return { link, out, into, forks: forks.has(link.from), obstacles, lines };
    };
    const [wide, narrow] = [task(roomy, spacing.exit, spacing.entry), task(tight, TIGHT, TIGHT)];
    const between = wide.out > wide.into && narrow.out <= narrow.into ? wayBetween(inTheMiddle(narrow)) : undefined;
    take(link, between ?? wayPast(wide) ?? wayPast(narrow) ?? throughItems(wide));
  }
  return joinVolumes(links, ways, kept, roomy, lines);
}

function joinVolumes(
  links: readonly Link[],
  ways: ReadonlyMap<string, Way>,
  kept: readonly (readonly [Link, Way])[],
  obstacles: Obstacles,
  lines: Lines,
): ReadonlyMap<string, Way> {
  const bySource = new Map<string, Map<string, Way>>();
  for (const { id, from } of links) {
    const own = bySource.get(from) ?? new Map<string, Way>();
    bySource.set(from, own.set(id, ways.get(id) as Way));
  }
  for (const [{ id, from }, way] of kept) bySource.get(from)?.set(id, way);
  return new Map(
    links.map((link) => {
      const siblings = bySource.get(link.from) as Map<string, Way>;
      const way = siblings.get(link.id) as Way;
      if (way.length < 4 || siblings.size === 1) return [link.id, way];
      const others = [...siblings].flatMap(([id, other]) => (id === link.id ? [] : [other]));
      const together = joined(link, way, others, obstacles, lines);
      siblings.set(link.id, together);
      return [link.id, together];
    }),
  );
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

/** The items that more than one link leaves. */
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
