import type { Edge } from '../../network/network.ts';
import { type Band, breaksBefore, toBands } from './bands.ts';
import { type Grid, toGrid } from './lanes.ts';
import { type Tracks, toTracks } from './tracks.ts';

/** Something to be placed. Sizes in pixels: its length along the flow, and how far it reaches to either side. */
export interface Item {
  readonly id: string;
  readonly length: number;
  readonly before: number;
  readonly after: number;
  /** How far within its length links enter and leave it. */
  readonly entry: number;
  readonly exit: number;
}

/** Room that the text beside a link takes: along the flow and to either side of the line. */
export interface LinkLabel {
  readonly length: number;
  readonly before: number;
  readonly after: number;
}

/** Pixels along the flow, then across it. */
type Point = readonly [along: number, across: number];

export interface Route {
  readonly link: Edge;
  readonly points: readonly Point[];
  /** Where the middle of its text goes on the line. */
  readonly label: Point;
}

export interface Layout {
  readonly length: number;
  readonly breadth: number;
  /** Where each item begins, and the line on which it lies. */
  readonly places: ReadonlyMap<string, Point>;
  readonly routes: readonly Route[];
}

export interface Page {
  readonly length: number;
  readonly breadth: number;
}

/** Room for an arrow's head and the line before it; for the line behind an item; between lines that turn. */
const ENTRY = 15;
const EXIT = 8;
const TRACK = 9;
/** Least distance between lanes and between the lines of a network that was broken. */
const LANE_GAP = 12;
const BAND_GAP = 22;
/** How far a lane reaches that holds links only. */
const LINE = 5;
const NO_LABEL: LinkLabel = { length: 0, before: 0, after: 0 };
const NO_TRACKS = { leaving: 0, entering: 0 };

/**
 * Places a network: ranks along the flow, branches beside each other, links in right angles that pass through no item.
 *
 * @param items in topological order
 * @param labels room for the text of each link that has one
 * @param page what the drawing should fit on by being broken into several lines; undefined: one line
 */
export function layOut(
  items: readonly Item[],
  links: readonly Edge[],
  labels: ReadonlyMap<Edge, LinkLabel>,
  page: Page | undefined,
): Layout {
  const labelOf = (link: Edge) => labels.get(link) ?? NO_LABEL;
  const ids = items.map(({ id }) => id);
  const grid = toGrid(ids, links);
  const tracks = toTracks(links, grid);
  const sizes = rankLengths(items, grid);
  const channels = channelLengths(links, grid, tracks, labelOf);
  const lengths = sizes.map((size, rank) => size + (channels[rank] ?? 0));
  const stack = (bands: readonly Band[]) => stackBands(items, links, labelOf, grid, tracks, sizes, channels, bands);
  const bands =
    page === undefined
      ? [{ begin: 0, end: grid.ranks }]
      : toBands(lengths, breaksBefore(links, grid), (tried) => {
          const { length, breadth } = stack(tried);
          return Math.min(page.length / length, page.breadth / breadth);
        });
  const stacked = stack(bands);
  const places = new Map(
    items.map((item) => {
      const rank = grid.rankOf.get(item.id) as number;
      const along = stacked.startOf(rank) + ((sizes[rank] ?? 0) - item.length) / 2;
      return [item.id, [along, stacked.lineOf(rank, grid.laneOf.get(item.id) as number)] as const] as const;
    }),
  );
  const itemOf = new Map(items.map((item) => [item.id, item]));
  const routes = links.map((link): Route => {
    const [source, target] = [itemOf.get(link.from) as Item, itemOf.get(link.to) as Item];
    const [[start, across], [end, level]] = [places.get(link.from) as Point, places.get(link.to) as Point];
    const from: Point = [start + source.length - source.exit, across];
    const to: Point = [end + target.entry, level];
    return { link, ...route(link, from, to, grid, tracks, stacked) };
  });
  return { length: stacked.length, breadth: stacked.breadth, places, routes };
}

function rankLengths(items: readonly Item[], { rankOf, ranks }: Grid): readonly number[] {
  const lengths = new Array<number>(ranks).fill(0);
  for (const { id, length } of items) {
    const rank = rankOf.get(id) as number;
    lengths[rank] = Math.max(lengths[rank] ?? 0, length);
  }
  return lengths;
}

/** Room before each rank, and behind the last: for turns, text and arrows. */
function channelLengths(
  links: readonly Edge[],
  grid: Grid,
  { counts, turns }: Tracks,
  labelOf: (link: Edge) => LinkLabel,
): readonly number[] {
  const text = new Array<number>(grid.ranks + 1).fill(0);
  for (const link of links) {
    const rank = grid.rankOf.get(link.to) as number;
    if (!grid.via.has(link)) text[rank] = Math.max(text[rank] ?? 0, labelOf(link).length);
  }
  const turning = new Set([...turns.values()].flatMap((each) => [each.leaving?.channel, each.entering?.channel]));
  return text.map((length, channel) => {
    const { leaving, entering } = counts[channel] ?? NO_TRACKS;
    const outside = channel === 0 || channel === grid.ranks;
    if (outside && !turning.has(channel)) return 0;
    return EXIT + leaving * TRACK + length + entering * TRACK + ENTRY;
  });
}

interface Stacked {
  readonly length: number;
  readonly breadth: number;
  bandOf(rank: number): number;
  /** Where a rank's items begin and end, and the channel before it. */
  startOf(rank: number): number;
  endOf(rank: number): number;
  channelStart(channel: number): number;
  channelEnd(channel: number): number;
  /** The middle of the room that a channel keeps for text. */
  textMiddle(channel: number): number;
  /** Where a lane lies at a rank. */
  lineOf(rank: number, lane: number): number;
  /** The middle between two bands, the second being `band`. */
  gapBefore(band: number): number;
}

interface Reach {
  readonly before: number;
  readonly after: number;
}

/** How far things in each lane of each band reach to either side. */
function reaches(
  items: readonly Item[],
  links: readonly Edge[],
  labelOf: (link: Edge) => LinkLabel,
  { rankOf, laneOf, via }: Grid,
  bandOf: (rank: number) => number,
  bands: number,
): readonly Map<number, Reach>[] {
  const found = Array.from({ length: bands }, () => new Map<number, Reach>());
  const grow = (rank: number, lane: number, { before, after }: Reach) => {
    const band = found[bandOf(rank)];
    const known = band?.get(lane);
    band?.set(lane, { before: Math.max(before, known?.before ?? 0), after: Math.max(after, known?.after ?? 0) });
  };
  for (const item of items) grow(rankOf.get(item.id) as number, laneOf.get(item.id) as number, item);
  for (const link of links) {
    const label = labelOf(link);
    const reach = { before: Math.max(LINE, label.before), after: Math.max(LINE, label.after) };
    const [from, to] = [rankOf.get(link.from) as number, rankOf.get(link.to) as number];
    const passing = via.get(link);
    // Where a line ends, its text is beside the way to the next one.
    if (passing === undefined && bandOf(from) !== bandOf(to)) continue;
    const lanes = passing === undefined ? [laneOf.get(link.from), laneOf.get(link.to)] : [passing];
    for (const lane of lanes) if (lane !== undefined) grow(to, lane, reach);
  }
  return found;
}

/** Where each rank begins along the flow, and the length of the longest line. */
function alongBands(
  { ranks }: Grid,
  sizes: readonly number[],
  channels: readonly number[],
  bands: readonly Band[],
): { readonly starts: readonly number[]; readonly length: number } {
  const starts: number[] = [];
  let length = 0;
  for (const { begin, end } of bands) {
    // A line that goes on from another is entered from the side.
    let at = begin > 0 ? ENTRY + EXIT : (channels[0] ?? 0);
    for (let rank = begin; rank < end; rank++) {
      if (rank > begin) at += channels[rank] ?? 0;
      starts[rank] = at;
      at += sizes[rank] ?? 0;
    }
    at += end < ranks ? EXIT : (channels[ranks] ?? 0);
    length = Math.max(length, at);
  }
  return { starts, length };
}

function stackBands(
  items: readonly Item[],
  links: readonly Edge[],
  labelOf: (link: Edge) => LinkLabel,
  grid: Grid,
  { counts }: Tracks,
  sizes: readonly number[],
  channels: readonly number[],
  bands: readonly Band[],
): Stacked {
  const bandOfRank = bands.flatMap(({ begin, end }, band) => new Array<number>(end - begin).fill(band));
  const bandOf = (rank: number) => bandOfRank[Math.min(rank, grid.ranks - 1)] ?? 0;
  const { starts, length } = alongBands(grid, sizes, channels, bands);
  const lines: Map<number, number>[] = [];
  const gaps: number[] = [];
  const labels = links.map(labelOf);
  const above = BAND_GAP / 2 + Math.max(0, ...labels.map(({ before }) => before));
  const below = BAND_GAP / 2 + Math.max(0, ...labels.map(({ after }) => after));
  let across = 0;
  for (const [band, lanes] of reaches(items, links, labelOf, grid, bandOf, bands.length).entries()) {
    if (band > 0) {
      gaps[band] = across + above;
      across += above + below;
    }
    const line = new Map<number, number>();
    const sorted = [...lanes].sort(([a], [b]) => a - b);
    for (const [i, [lane, { before, after }]] of sorted.entries()) {
      if (i > 0) across += LANE_GAP;
      line.set(lane, across + before);
      across += before + after;
    }
    lines.push(line);
  }
  const startOf = (rank: number) => starts[rank] ?? 0;
  const endOf = (rank: number) => startOf(rank) + (sizes[rank] ?? 0);
  const channelEnd = (channel: number) =>
    channel === grid.ranks ? endOf(channel - 1) + (channels[channel] ?? 0) : startOf(channel);
  const channelStart = (channel: number) => channelEnd(channel) - (channels[channel] ?? 0);
  return {
    length,
    breadth: across,
    bandOf,
    startOf,
    endOf,
    channelStart,
    channelEnd,
    textMiddle: (channel) => {
      const { leaving, entering } = counts[channel] ?? NO_TRACKS;
      return (channelStart(channel) + EXIT + leaving * TRACK + channelEnd(channel) - ENTRY - entering * TRACK) / 2;
    },
    lineOf: (rank, lane) => lines[bandOf(rank)]?.get(lane) ?? 0,
    gapBefore: (band) => gaps[band] ?? 0,
  };
}

/** The corners of a link, and where its text goes: beside the longest part that runs with the flow. */
function route(
  link: Edge,
  from: Point,
  to: Point,
  { rankOf, via }: Grid,
  { turns, trackOf }: Tracks,
  stacked: Stacked,
): Omit<Route, 'link'> {
  const [a, b] = [rankOf.get(link.from) as number, rankOf.get(link.to) as number];
  const { leaving, entering } = turns.get(link) ?? {};
  const lane = via.get(link);
  const passing = lane === undefined ? to[1] : stacked.lineOf(b, lane);
  const points: Point[] = [from];
  const band = stacked.bandOf(b);
  const goesOn = stacked.bandOf(a) !== band;
  const gap = stacked.gapBefore(band);
  const ends = [stacked.endOf(a) + EXIT, stacked.startOf(a + 1) - ENTRY - EXIT] as const;
  if (goesOn) {
    points.push([ends[0], from[1]], [ends[0], gap], [ends[1], gap], [ends[1], passing]);
  } else if (leaving !== undefined) {
    const at = stacked.channelStart(leaving.channel) + EXIT + (trackOf(leaving) + 0.5) * TRACK;
    points.push([at, from[1]], [at, passing]);
  }
  if (entering !== undefined && !(goesOn && lane === undefined)) {
    const at = stacked.channelEnd(entering.channel) - ENTRY - (trackOf(entering) + 0.5) * TRACK;
    points.push([at, lane === undefined ? from[1] : passing], [at, to[1]]);
  }
  points.push(to);
  if (lane !== undefined) return { points, label: middleOfLongest(goesOn ? points.slice(4) : points) };
  if (goesOn) return { points, label: [(ends[0] + ends[1]) / 2, gap] };
  return { points, label: [stacked.textMiddle(b), leaving === undefined ? from[1] : to[1]] };
}

/** The middle of the longest of the parts that run with the flow. */
function middleOfLongest(points: readonly Point[]): Point {
  let [longest, middle] = [-1, points[0] as Point];
  for (const [i, [along, across]] of points.slice(1).entries()) {
    const [before, level] = points[i] as Point;
    const length = Math.abs(along - before);
    if (level === across && length > longest) [longest, middle] = [length, [(along + before) / 2, across]];
  }
  return middle;
}
