import { grouped } from '#core/grouped.ts';
import type { Edge, LayerId } from '#core/network/network.ts';
import { GAP, NODE, type Position, type Size } from './dimensions.ts';

/** Width to height that a whole drawing should come near to: that of the canvas. */
const ASPECT = 2;

/** A node, or the frame of an expanded block, with its centre. */
export interface Item extends Size {
  readonly id: LayerId;
  readonly x: number;
  readonly y: number;
}

/** What stands below each other. */
export interface Rank {
  readonly left: number;
  readonly right: number;
  readonly items: readonly Item[];
}

/**
 * Breaks a long line of columns into bands like lines of text; of all ways, the one that can be drawn largest is taken.
 *
 * @param mayBreak for each column, whether a band may end with it
 * @returns where the nodes go: top left corners. An expanded block is placed as its node is when it is collapsed: in the
 *   middle of the frame's left side
 */
export function breakLine(ranks: readonly Rank[], mayBreak: readonly boolean[]): ReadonlyMap<LayerId, Position> {
  let best = stackBands([ranks]);
  for (let columns = 3; columns < ranks.length; columns++) {
    const stacked = stackBands(breakIntoBands(ranks, mayBreak, columns));
    if (zoomOf(stacked) > zoomOf(best)) best = stacked;
  }
  return best.places;
}

interface Stacked extends Size {
  readonly places: ReadonlyMap<LayerId, Position>;
}

/** How large a drawing of this size appears on a canvas of the usual shape. */
function zoomOf({ width, height }: Size): number {
  return Math.min(ASPECT / width, 1 / height);
}

/** Puts bands under each other. */
function stackBands(bands: readonly (readonly Rank[])[]): Stacked {
  const places = new Map<LayerId, Position>();
  let [top, widest] = [0, 0];
  for (const band of bands) {
    const items = band.flatMap((rank) => rank.items);
    const highest = Math.min(...items.map(({ y, height }) => y - height / 2));
    const lowest = Math.max(...items.map(({ y, height }) => y + height / 2));
    const left = band[0]?.left ?? 0;
    for (const { id, x, y, width } of items) {
      places.set(id, [Math.round(x - width / 2 - left), Math.round(y - NODE.height / 2 - highest + top)]);
    }
    widest = Math.max(widest, (band.at(-1)?.right ?? 0) - left);
    top += lowest - highest + GAP.band;
  }
  return { places, width: widest, height: top - GAP.band };
}

/** Splits columns into bands of at least so many, wherever that is allowed; one left over stays with those before it. */
function breakIntoBands(
  ranks: readonly Rank[],
  mayBreak: readonly boolean[],
  columns: number,
): readonly (readonly Rank[])[] {
  const bands: Rank[][] = [];
  let band: Rank[] = [];
  ranks.forEach((rank, i) => {
    band.push(rank);
    if (band.length >= columns && mayBreak[i] && i < ranks.length - 2) {
      bands.push(band);
      band = [];
    }
  });
  return band.length > 0 ? [...bands, band] : bands;
}

/** The columns of a line, from left to right. */
export function ranksOf(items: readonly Item[]): readonly Rank[] {
  return [...grouped(items.map((item) => [item.x, item])).values()]
    .map((column) => ({
      left: Math.min(...column.map(({ x, width }) => x - width / 2)),
      right: Math.max(...column.map(({ x, width }) => x + width / 2)),
      items: column,
    }))
    .sort((a, b) => a.left - b.left);
}

/** For each column, how many edges run from it, or from before it, to behind it. */
export function crossingsBehind(edges: readonly Edge[], ranks: readonly Rank[]): readonly number[] {
  const rankOf = new Map(ranks.flatMap((rank, i) => rank.items.map(({ id }) => [id, i] as const)));
  const counts = new Array<number>(ranks.length).fill(0);
  for (const { from, to } of edges) {
    const ends = [rankOf.get(from) ?? 0, rankOf.get(to) ?? 0].sort((a, b) => a - b) as [number, number];
    for (let i = ends[0]; i < ends[1]; i++) counts[i] = (counts[i] ?? 0) + 1;
  }
  return counts;
}
