import type { Edge } from '../network/network.ts';
import { type Band, type Border, bordersOf } from './bands.ts';
import type { Size } from './box.ts';
import { type Grid, toGrid } from './grid.ts';
import { type LabelRoom, NO_LABEL, type Spacing } from './spacing.ts';
import { tracksIn } from './tracks.ts';

/** Something to be placed. Links enter it from the left and leave it to the right. */
export interface Item extends Size {
  readonly id: string;
  /** How far below its upper side links touch it: items in one lane have this line in common. */
  readonly line: number;
}

/** What a layout has to make room for. */
export interface Plan {
  readonly grid: Grid;
  readonly spacing: Spacing;
  readonly items: readonly (readonly Item[])[];
  /** Widths of the ranks, and of the channels before them. */
  readonly widths: readonly number[];
  readonly channels: readonly number[];
  readonly lanes: readonly RankLanes[];
  readonly borders: readonly Border[];
  /** The room of the text that needs most: above its line, and below. */
  readonly text: { readonly above: number; readonly below: number };
}

/** How far something reaches from its line. */
interface Reach {
  readonly above: number;
  readonly below: number;
  readonly isItem: boolean;
}

/** What lies in each lane of some ranks. */
type Lanes = Map<number, Reach>;

/** A link in a lane of its own: it needs the lane where all of it lies in one band. */
interface Passing {
  readonly link: Edge;
  readonly lane: number;
  readonly reach: Reach;
  /** The later rank of its two ends. */
  readonly last: number;
}

/** What lies in the lanes of a rank, and what begins there to pass others by. */
interface RankLanes {
  readonly lanes: Lanes;
  readonly passing: Passing[];
}

/** Room for a link in a lane of its own. */
const LINE = 5;
/** What a text has of room beyond what it needs. */
const SLACK = 2;

/**
 * @param items in topological order
 * @param labels room for the text of each link that has one
 */
export function planFor(
  items: readonly Item[],
  links: readonly Edge[],
  labels: ReadonlyMap<Edge, LabelRoom>,
  spacing: Spacing,
): Plan {
  const rooms = [...labels.values()];
  const text = {
    above: Math.max(0, ...rooms.map(({ above }) => above)),
    below: Math.max(0, ...rooms.map(({ below }) => below)),
  };
  const ids = items.map(({ id }) => id);
  // Text lies on the far side of what a link passes: above its line, or below.
  const grid = toGrid(ids, links, text.below > text.above ? 1 : -1);
  const ranked = itemsByRank(items, grid);
  return {
    grid,
    spacing,
    items: ranked,
    widths: ranked.map((column) => Math.max(0, ...column.map(({ width }) => width))),
    channels: channelWidths(links, grid, labels, spacing),
    lanes: lanesOfRanks(items, links, labels, grid),
    borders: bordersOf(links, grid),
    text,
  };
}

/** A length as a whole multiple of the grid. */
export function snapped(length: number, { grid }: Spacing): number {
  return Math.ceil(length / grid - 1e-6) * grid;
}

/** Between two bands there is room for all that goes on from one to the next. */
export function gapBefore(rank: number, { borders, spacing, text }: Plan): number {
  const volumes = borders[rank]?.volumes ?? 0;
  const room = text.above + text.below;
  const more = Math.max(0, volumes - 1) * Math.max(spacing.track, room + 2);
  return snapped(spacing.band + room + more, spacing);
}

/** Where the lines of a band's lanes lie, from its upper side on; and the band's height. */
export function linesOf(
  { begin, end }: Band,
  { lanes: ranks, spacing }: Plan,
): { readonly lines: ReadonlyMap<number, number>; readonly height: number } {
  const all: Lanes = new Map();
  for (let rank = begin; rank < end; rank++) {
    const { lanes, passing } = ranks[rank] as RankLanes;
    for (const [lane, reach] of lanes) widen(all, lane, reach);
    for (const { lane, reach, last } of passing) if (last < end) widen(all, lane, reach);
  }
  const lines = new Map<number, number>();
  let [height, before]: [number, Reach | undefined] = [0, undefined];
  for (const [lane, reach] of [...all].sort(([a], [b]) => a - b)) {
    const gap = before === undefined ? 0 : before.isItem && reach.isItem ? spacing.row : spacing.lane;
    const top = snapped(height + gap, spacing);
    lines.set(lane, top + reach.above);
    height = top + reach.above + reach.below;
    before = reach;
  }
  return { lines, height: snapped(height, spacing) };
}

function itemsByRank(items: readonly Item[], { rankOf, ranks }: Grid): readonly (readonly Item[])[] {
  const ranked = Array.from({ length: ranks }, (): Item[] => []);
  for (const item of items) ranked[rankOf.get(item.id) as number]?.push(item);
  return ranked;
}

/** Room before each rank: for turns, text and arrows. */
function channelWidths(
  links: readonly Edge[],
  grid: Grid,
  labels: ReadonlyMap<Edge, LabelRoom>,
  { exit, entry, track, column, tail, head }: Spacing,
): readonly number[] {
  const text = new Array<number>(grid.ranks + 1).fill(0);
  for (const link of links) {
    const rank = grid.rankOf.get(link.to) as number;
    const { width } = labels.get(link) ?? NO_LABEL;
    if (!grid.via.has(link)) text[rank] = Math.max(text[rank] ?? 0, width);
  }
  return tracksIn(links, grid).map(({ leaving, entering }, channel) => {
    const before = leaving > 0 ? exit + leaving * track : tail;
    const after = entering > 0 ? entry + entering * track : head;
    return Math.max(column, exit + entry, before + (text[channel] ?? 0) + SLACK + after);
  });
}

function lanesOfRanks(
  items: readonly Item[],
  links: readonly Edge[],
  labels: ReadonlyMap<Edge, LabelRoom>,
  { rankOf, laneOf, via, ranks }: Grid,
): readonly RankLanes[] {
  const found = Array.from({ length: ranks }, (): RankLanes => ({ lanes: new Map(), passing: [] }));
  for (const { id, line, height } of items) {
    const reach = { above: line, below: height - line, isItem: true };
    widen(found[rankOf.get(id) as number]?.lanes, laneOf.get(id) as number, reach);
  }
  for (const link of links) {
    const lane = via.get(link);
    const { above, below } = labels.get(link) ?? NO_LABEL;
    const reach = { above: Math.max(LINE, above), below: Math.max(LINE, below), isItem: false };
    const [a, b] = [rankOf.get(link.from) as number, rankOf.get(link.to) as number];
    const [first, last] = [Math.min(a, b), Math.max(a, b)];
    if (lane !== undefined) found[first]?.passing.push({ link, lane, reach, last });
    else for (const end of [link.from, link.to]) widen(found[b]?.lanes, laneOf.get(end) as number, reach);
  }
  return found;
}

function widen(lanes: Lanes | undefined, lane: number, { above, below, isItem }: Reach): void {
  const known = lanes?.get(lane);
  lanes?.set(lane, {
    above: Math.max(above, known?.above ?? 0),
    below: Math.max(below, known?.below ?? 0),
    isItem: isItem || known?.isItem === true,
  });
}
