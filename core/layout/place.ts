import type { Edge } from '../network/network.ts';
import { type Band, toBands } from './bands.ts';
import type { Point, Size } from './box.ts';
import { gapBefore, type Item, linesOf, type Plan, planFor, snapped } from './plan.ts';
import type { LabelRoom, Spacing } from './spacing.ts';

export type { Item } from './plan.ts';

export interface Placement {
  /** Upper left corners. */
  readonly places: ReadonlyMap<string, Point>;
  /** The level (y) that is kept free for each link which passes items, or goes on from one band to the next. */
  readonly levels: ReadonlyMap<Edge, number>;
}

/** How much of a broken layout's width the links from line to line take at its sides, in tracks. */
const SIDES = 2;

/**
 * Places a network from left to right: the longest path on one line, branches and what passes others by in lanes beside
 * it, with room for the links and their texts.
 *
 * @param items in topological order
 * @param labels room for the text of each link that has one
 * @param page what the layout should fit on by being broken into several lines; undefined: one line
 */
export function placeItems(
  items: readonly Item[],
  links: readonly Edge[],
  labels: ReadonlyMap<Edge, LabelRoom>,
  spacing: Spacing,
  page: Size | undefined,
): Placement {
  const plan = planFor(items, links, labels, spacing);
  const bands = page === undefined ? [{ begin: 0, end: plan.grid.ranks }] : bandsFor(plan, page);
  const places = new Map<string, Point>();
  const levels = new Map<Edge, number>();
  let top = 0;
  for (const [i, band] of bands.entries()) {
    if (i > 0) {
      const middle = top + spacing.band / 2 + plan.text.above;
      for (const link of crossing(links, band.begin, plan)) if (!levels.has(link)) levels.set(link, middle);
      top += gapBefore(band.begin, plan);
    }
    top += placeBand(band, top, plan, places, levels);
  }
  return { places, levels };
}

/** The lines with which a layout can be drawn largest on a page. */
function bandsFor(plan: Plan, page: Size): readonly Band[] {
  const { widths, channels, borders, spacing } = plan;
  const heights = new Map<string, number>();
  const heightOf = (band: Band) => {
    const key = `${band.begin} ${band.end}`;
    const height = heights.get(key) ?? linesOf(band, plan).height;
    heights.set(key, height);
    return height;
  };
  const zoomOf = (bands: readonly Band[]) => {
    const sides = bands.length > 1 ? spacing.entry + spacing.exit + SIDES * spacing.track : 0;
    const width = sides + Math.max(0, ...bands.map((band) => bandWidth(band, plan)));
    const gaps = bands.slice(1).reduce((sum, { begin }) => sum + gapBefore(begin, plan), 0);
    return Math.min(page.width / width, page.height / bands.reduce((sum, band) => sum + heightOf(band), gaps));
  };
  const lengths = widths.map((width, rank) => width + (rank === 0 ? 0 : (channels[rank] ?? 0)));
  return toBands(lengths, borders, zoomOf);
}

function bandWidth({ begin, end }: Band, { widths, channels }: Plan): number {
  let width = 0;
  for (let rank = begin; rank < end; rank++) {
    width += (widths[rank] ?? 0) + (rank > begin ? (channels[rank] ?? 0) : 0);
  }
  return width;
}

/** The links that go on over the border before a rank. */
function crossing(links: readonly Edge[], border: number, { grid: { rankOf } }: Plan): readonly Edge[] {
  const rank = (id: string) => rankOf.get(id) as number;
  return links.filter(({ from, to }) => rank(from) < border && rank(to) >= border);
}

/** @returns the band's height */
function placeBand(band: Band, top: number, plan: Plan, places: Map<string, Point>, levels: Map<Edge, number>): number {
  const { grid, spacing, widths, channels } = plan;
  const { lines, height } = linesOf(band, plan);
  const lineOf = (lane: number | undefined) => top + (lines.get(lane ?? 0) ?? 0);
  let left = 0;
  for (let rank = band.begin; rank < band.end; rank++) {
    if (rank > band.begin) left = snapped(left + (channels[rank] ?? 0), spacing);
    const width = widths[rank] ?? 0;
    for (const { link, lane, last } of plan.lanes[rank]?.passing ?? []) {
      if (last < band.end) levels.set(link, lineOf(lane));
    }
    for (const item of plan.items[rank] ?? []) {
      const inset = Math.floor((width - item.width) / 2 / spacing.grid) * spacing.grid;
      places.set(item.id, [left + inset, lineOf(grid.laneOf.get(item.id)) - item.line]);
    }
    left += width;
  }
  return height;
}
