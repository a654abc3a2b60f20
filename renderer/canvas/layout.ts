import dagre from '@dagrejs/dagre';
import { applyEdit } from '#core/network/edits.ts';
import { BLOCK_INPUT, type Block, type Edge, type LayerId, type Network } from '#core/network/network.ts';

/** Size that a node is laid out with, in pixels. */
export const NODE = { width: 176, height: 70 } as const;

/** Pixels between the points that layers snap to. */
export const GRID = 10;

/** Room between columns (for the volume on the edge) and between rows. */
export const GAP = { column: 84, row: 30, band: 50 } as const;
/** Width to height that a whole network should come near to: that of the canvas. */
const ASPECT = 2;

type Position = readonly [x: number, y: number];

interface Rank {
  readonly x: number;
  readonly ids: readonly LayerId[];
}

/**
 * Places a network from left to right. A long chain is broken into bands like lines of text, but only where a single
 * edge crosses, so that no block is torn apart; of all such breaks, the one that can be drawn largest is taken.
 */
export function layoutNetwork(network: Network): ReadonlyMap<LayerId, Position> {
  const placed = placeInLine([...network.layers.keys()], network.edges);
  const ranks = ranksOf(placed);
  const crossings = crossingsBehind(network, ranks);
  let best = stackBands(placed, [ranks]);
  for (let columns = 3; columns < ranks.length; columns++) {
    const stacked = stackBands(placed, breakIntoBands(ranks, crossings, columns));
    if (zoomOf(stacked) > zoomOf(best)) best = stacked;
  }
  return best.places;
}

interface Stacked {
  readonly places: ReadonlyMap<LayerId, Position>;
  readonly width: number;
  readonly height: number;
}

/** How large a drawing of this size appears on a canvas of the usual shape. */
function zoomOf({ width, height }: Stacked): number {
  return Math.min(ASPECT / width, 1 / height);
}

/** Puts bands under each other. */
function stackBands(placed: ReadonlyMap<LayerId, Position>, bands: readonly (readonly Rank[])[]): Stacked {
  const places = new Map<LayerId, Position>();
  let [top, widest] = [0, 0];
  for (const band of bands) {
    const ids = band.flatMap((rank) => rank.ids);
    const at = (id: LayerId) => placed.get(id) as Position;
    const highest = Math.min(...ids.map((id) => at(id)[1]));
    const lowest = Math.max(...ids.map((id) => at(id)[1]));
    const left = band[0]?.x ?? 0;
    for (const id of ids) places.set(id, [Math.round(at(id)[0] - left), Math.round(at(id)[1] - highest + top)]);
    widest = Math.max(widest, (band.at(-1)?.x ?? 0) - left + NODE.width);
    top += lowest - highest + NODE.height + GAP.band;
  }
  return { places, width: widest, height: top - GAP.band };
}

/** Top left corners in one long line of columns. */
function placeInLine(ids: readonly LayerId[], edges: readonly Edge[]): ReadonlyMap<LayerId, Position> {
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: 'LR', nodesep: GAP.row, ranksep: GAP.column });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const id of ids) graph.setNode(id, { ...NODE });
  for (const { from, to } of edges) graph.setEdge(from, to);
  dagre.layout(graph);
  return new Map(
    ids.map((id) => {
      // dagre answers centres; React Flow wants corners.
      const { x, y } = graph.node(id) as { x: number; y: number };
      return [id, [x - NODE.width / 2, y - NODE.height / 2]];
    }),
  );
}

function ranksOf(placed: ReadonlyMap<LayerId, Position>): readonly Rank[] {
  const columns = new Map<number, LayerId[]>();
  for (const [id, [x]] of placed) {
    const column = columns.get(x);
    if (column === undefined) columns.set(x, [id]);
    else column.push(id);
  }
  return [...columns].map(([x, ids]) => ({ x, ids })).sort((a, b) => a.x - b.x);
}

/** Splits columns into bands of at least so many, wherever only one edge crosses. */
function breakIntoBands(
  ranks: readonly Rank[],
  crossings: readonly number[],
  columns: number,
): readonly (readonly Rank[])[] {
  const bands: Rank[][] = [];
  let band: Rank[] = [];
  ranks.forEach((rank, i) => {
    band.push(rank);
    if (band.length >= columns && crossings[i] === 1) {
      bands.push(band);
      band = [];
    }
  });
  return band.length > 0 ? [...bands, band] : bands;
}

/** For each column, how many edges run from it, or from before it, to behind it. */
function crossingsBehind(network: Network, ranks: readonly Rank[]): readonly number[] {
  const rankOf = new Map(ranks.flatMap((rank, i) => rank.ids.map((id) => [id, i] as const)));
  const counts = new Array<number>(ranks.length).fill(0);
  for (const { from, to } of network.edges) {
    const ends = [rankOf.get(from) ?? 0, rankOf.get(to) ?? 0].sort((a, b) => a - b) as [number, number];
    for (let i = ends[0]; i < ends[1]; i++) counts[i] = (counts[i] ?? 0) + 1;
  }
  return counts;
}

/** A network in which every layer has a place: as it is, or laid out anew where some had none. So have its blocks. */
export function withPositions(network: Network): Network {
  const blocks = network.blocks && new Map([...network.blocks].map(([name, block]) => [name, placedBlock(block)]));
  const sameBlocks = blocks === undefined || [...blocks].every(([name, block]) => block === network.blocks?.get(name));
  const inside = sameBlocks ? network : { ...network, blocks };
  if (everyPlaced(network)) return inside;
  return applyEdit(inside, { type: 'move', positions: layoutNetwork(network) });
}

function everyPlaced({ layers }: Block): boolean {
  return [...layers.values()].every(({ position }) => position !== undefined);
}

/** Stands for what feeds a block: dagre takes no empty id, and no layer has this one. */
const FEEDING = '/';

/** A block whose layers lie in one line, where some had no place. What feeds it is in the line too, but not kept. */
function placedBlock(block: Block): Block {
  if (everyPlaced(block)) return block;
  const edges = block.edges.map(({ from, to }) => ({ from: from === BLOCK_INPUT ? FEEDING : from, to }));
  const places = placeInLine([FEEDING, ...block.layers.keys()], edges);
  const inside = [...block.layers.keys()].map((id) => places.get(id) as Position);
  const [left, top] = [Math.min(...inside.map(([x]) => x)), Math.min(...inside.map(([, y]) => y))];
  const layers = [...block.layers.values()].map((layer) => {
    const [x, y] = places.get(layer.id) as Position;
    return [layer.id, { ...layer, position: [Math.round(x - left), Math.round(y - top)] as const }] as const;
  });
  return { ...block, layers: new Map(layers) };
}
