import dagre from '@dagrejs/dagre';
import { BLOCK_INPUT, type Block, type Edge, type LayerId } from '#core/network/network.ts';
import { breakLine, type Item, type Rank, ranksOf } from './bands.ts';
import { GAP, NODE, type Size } from './dimensions.ts';

/** Places layers in one long line of columns, from left to right. */
export function placeInLine(
  ids: readonly LayerId[],
  edges: readonly Edge[],
  sizeOf: (id: LayerId) => Size = () => NODE,
): readonly Item[] {
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: 'LR', nodesep: GAP.row, ranksep: GAP.column });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const id of ids) {
    const { width, height } = sizeOf(id);
    graph.setNode(id, { width, height });
  }
  for (const { from, to } of edges) graph.setEdge(from, to);
  dagre.layout(graph);
  return ids.map((id) => {
    const { x, y, width, height } = graph.node(id) as Size & { x: number; y: number };
    return { id, x, y, width, height };
  });
}

/** Stands for what feeds a block: dagre takes no empty id, and no layer has this one. */
const FEEDING = '/';

/** A block with a place for every layer, where some had none. */
export function placedBlock(block: Block): Block {
  if (everyPlaced(block)) return block;
  const ranks = ranksOf(placeInLine([FEEDING, ...block.layers.keys()], edgesThatPlace(block))).map(withoutFeeding);
  const inside = ranks.filter(({ items }) => items.length > 0);
  const places = breakLine(
    inside,
    inside.map(({ items }, i) => items.length === 1 || inside[i + 1]?.items.length === 1),
  );
  const layers = [...block.layers.values()].map((layer) => {
    const position = places.get(layer.id);
    return [layer.id, position === undefined ? layer : { ...layer, position }] as const;
  });
  return { ...block, layers: new Map(layers) };
}

/** What feeds a block is in its line, but not kept. */
function withoutFeeding(rank: Rank): Rank {
  return { ...rank, items: rank.items.filter(({ id }) => id !== FEEDING) };
}

/** A block's edges without those that go past its layers: they would push them out of the line. */
function edgesThatPlace({ edges }: Block): readonly Edge[] {
  const fed = new Set(edges.flatMap(({ from, to }) => (from === BLOCK_INPUT ? [] : [to])));
  return edges.flatMap(({ from, to }): Edge[] => {
    if (from !== BLOCK_INPUT) return [{ from, to }];
    return fed.has(to) ? [] : [{ from: FEEDING, to }];
  });
}

export function everyPlaced({ layers }: Pick<Block, 'layers'>): boolean {
  return [...layers.values()].every(({ position }) => position !== undefined);
}
