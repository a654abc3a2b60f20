import { grouped } from '../grouped.ts';
import type { Edge } from '../network/network.ts';

/** Where things lie, as whole numbers: ranks count along the direction of flow, lanes lie beside each other. */
export interface Grid {
  readonly rankOf: ReadonlyMap<string, number>;
  readonly laneOf: ReadonlyMap<string, number>;
  /** For each link that is longer than from one rank to the next: the lane in which it passes the ranks between. */
  readonly via: ReadonlyMap<Edge, number>;
  readonly ranks: number;
}

/**
 * Gives every item a rank and a lane of its own: the longest path lies in lane 0, branches and what passes layers by in
 * the nearest lane that is free there. No link passes through an item.
 *
 * @param items in topological order; a link against that order, of a cycle, is drawn backwards
 * @param side of two lanes that are equally near, the one that is taken: the one before (-1), or the one behind
 */
export function toGrid(items: readonly string[], links: readonly Edge[], side: 1 | -1 = -1): Grid {
  const leaves = byEnd(links, 'from');
  const enters = byEnd(links, 'to');
  const rankOf = ranksOf(items, enters);
  const rank = (id: string) => rankOf.get(id) as number;
  const heights = heightsOf(items, leaves, rankOf);
  const next = (id: string, taken: ReadonlyMap<string, number>): Edge | undefined =>
    leaves(id)
      .filter(({ to }) => rank(to) > rank(id) && !taken.has(to))
      .sort((a, b) => heights(b.to) - heights(a.to))[0];

  const laneOf = new Map<string, number>();
  const via = new Map<Edge, number>();
  const taken = new Occupied(side);
  /** Places the longest path that begins at an item, and answers it. */
  const placePath = ({ start, on }: Branch): readonly string[] => {
    const path = [start];
    const along: Edge[] = [];
    for (let edge = next(start, laneOf); edge !== undefined; edge = next(edge.to, laneOf)) {
      path.push(edge.to);
      along.push(edge);
    }
    const last = path.at(-1) as string;
    const leaving = leaves(last).filter(({ to }) => rank(to) > rank(last) + 1);
    const end = Math.max(rank(last), ...leaving.map(({ to }) => rank(to) - 1));
    const feeder = enters(start).find(({ from }) => laneOf.has(from))?.from;
    const lane = taken.nearest(feeder === undefined ? 0 : (laneOf.get(feeder) as number), rank(start), end, on);
    taken.take(lane, rank(start), end);
    for (const id of path) laneOf.set(id, lane);
    for (const edge of [...along, ...leaving]) if (rank(edge.to) > rank(edge.from) + 1) via.set(edge, lane);
    return path;
  };
  // Where the longest path begins.
  const first = [...items].sort((a, b) => heights(b) - heights(a)).slice(0, 1);
  for (const begin of [...first, ...items]) {
    const waiting: Branch[] = [{ start: begin }];
    for (const branch of waiting) {
      if (laneOf.has(branch.start)) continue;
      const path = placePath(branch);
      for (const [i, id] of path.entries()) {
        const forward = leaves(id).filter(({ to }) => rank(to) > rank(id));
        waiting.push(...branchesOf(forward, path[i + 1]).filter(({ start }) => !laneOf.has(start)));
      }
    }
  }
  for (const { edges, from, begin, end } of remaining(links, rankOf, via)) {
    const lane = taken.nearest(laneOf.get(from) as number, begin, end);
    taken.take(lane, begin, end);
    for (const edge of edges) via.set(edge, lane);
  }
  return { rankOf, laneOf, via, ranks: Math.max(0, ...[...rankOf.values()].map((value) => value + 1)) };
}

/** A path that leaves another one. */
interface Branch {
  readonly start: string;
  /** The side of the path that it leaves; none: either. */
  readonly on?: 1 | -1;
}

/** From so many branches on, they lie beside each other in their order. */
const ORDERED = 3;

/** The branches at an item, the nearest to the path first. */
function branchesOf(forward: readonly Edge[], along: string | undefined): readonly Branch[] {
  const starts = forward.map(({ to }) => to);
  const main = along === undefined ? -1 : starts.indexOf(along);
  if (starts.length < ORDERED || main === -1) return starts.map((start) => ({ start }));
  return [
    ...starts.slice(0, main).reverse().map((start) => ({ start, on: -1 as const })), // biome-ignore format: a side a line
    ...starts.slice(main + 1).map((start) => ({ start, on: 1 as const })),
  ];
}

type LinksOf = (item: string) => readonly Edge[];

/** The links that leave, or enter, each item. */
export function byEnd(links: readonly Edge[], end: keyof Edge): LinksOf {
  const groups = grouped(links.map((link) => [link[end], link]));
  return (item) => groups.get(item) ?? [];
}

/** The length of the longest path to each item. */
function ranksOf(items: readonly string[], enters: LinksOf): ReadonlyMap<string, number> {
  const ranks = new Map<string, number>();
  for (const id of items) {
    const before = enters(id).flatMap(({ from }) => ranks.get(from) ?? []);
    ranks.set(id, Math.max(-1, ...before) + 1);
  }
  return ranks;
}

/** The length of the longest path from each item to an end. */
function heightsOf(
  items: readonly string[],
  leaves: LinksOf,
  rankOf: ReadonlyMap<string, number>,
): (id: string) => number {
  const heights = new Map<string, number>();
  const rank = (id: string) => rankOf.get(id) as number;
  for (const id of [...items].reverse()) {
    const after = leaves(id).flatMap(({ to }) => (rank(to) > rank(id) ? (heights.get(to) ?? []) : []));
    heights.set(id, Math.max(-1, ...after) + 1);
  }
  return (id) => heights.get(id) as number;
}

/** Which ranks of which lanes are in use. */
class Occupied {
  readonly #used = new Map<number, Set<number>>();
  readonly #side: 1 | -1;

  constructor(side: 1 | -1) {
    this.#side = side;
  }

  take(lane: number, begin: number, end: number): void {
    const used = this.#used.get(lane) ?? new Set();
    for (let rank = begin; rank <= end; rank++) used.add(rank);
    this.#used.set(lane, used);
  }

  /** The free lane that is nearest to another, on one side of it if that is given. */
  nearest(lane: number, begin: number, end: number, on?: 1 | -1): number {
    const sides = on === undefined ? [this.#side, -this.#side] : [on];
    for (let distance = 0; ; distance++) {
      for (const one of sides) {
        const other = lane + one * distance;
        if (this.#isFree(other, begin, end)) return other;
      }
    }
  }

  #isFree(lane: number, begin: number, end: number): boolean {
    const used = this.#used.get(lane);
    for (let rank = begin; rank <= end; rank++) if (used?.has(rank)) return false;
    return true;
  }
}

interface Bundle {
  readonly from: string;
  readonly edges: readonly Edge[];
  /** First and last rank that it passes. */
  readonly begin: number;
  readonly end: number;
}

/** Long links that have no lane yet, the shortest first. What leaves one item forwards is one volume and shares a lane. */
function remaining(
  links: readonly Edge[],
  rankOf: ReadonlyMap<string, number>,
  via: ReadonlyMap<Edge, number>,
): readonly Bundle[] {
  const rank = (id: string) => rankOf.get(id) as number;
  const forwards = grouped(
    links.filter((link) => rank(link.to) > rank(link.from) + 1 && !via.has(link)).map((link) => [link.from, link]),
  );
  const backwards = links
    .filter(({ from, to }) => rank(to) <= rank(from))
    .map((link): Bundle => ({ from: link.from, edges: [link], begin: rank(link.to), end: rank(link.from) }));
  const bundles = [...forwards].map(([from, edges]) => {
    const end = Math.max(...edges.map(({ to }) => rank(to) - 1));
    return { from, edges, begin: rank(from) + 1, end };
  });
  return [...bundles, ...backwards].sort((a, b) => a.end - a.begin - (b.end - b.begin));
}
