import { boundsOf } from '#core/layout/box.ts';
import { type Item, placeItems } from '#core/layout/place.ts';
import { outputOf } from '#core/network/expand.ts';
import { BLOCK_INPUT, type Block, type Edge } from '#core/network/network.ts';
import { topologicalOrder } from '#core/network/order.ts';
import { EDGE_TEXT_HEIGHT, NODE, type Position, type Size, SPACING } from './dimensions.ts';

/** A block is broken into lines to be no larger than this: it can then be read with all of it in view. */
const PAGE: Size = { width: 1100, height: 550 };
/** Room for a volume on a connection; which volume depends on where the block stands. */
const VOLUME = { width: 60, above: EDGE_TEXT_HEIGHT / 2, below: EDGE_TEXT_HEIGHT / 2 } as const;
/** Stand for what feeds a block and for what it feeds, on its sides. No layer has such an id. */
const FEEDING = '/in';
const FED = '/out';

/** A block with a place for every layer, where some had none. */
export function placedBlock(block: Block): Block {
  if (everyPlaced(block)) return block;
  const inner = block.edges.filter(({ from }) => from !== BLOCK_INPUT);
  const side = (id: string): Item => ({ id, width: 0, height: 0, line: 0 });
  const nodes = topologicalOrder({ layers: block.layers, edges: inner }).all.map(
    (id): Item => ({ id, ...NODE, line: NODE.height / 2 }),
  );
  const output = outputOf(block);
  const edges = block.edges.map(({ from, to }): Edge => ({ from: from === BLOCK_INPUT ? FEEDING : from, to }));
  const links = output === undefined ? edges : [...edges, { from: output, to: FED }];
  const labels = new Map(links.map((link) => [link, VOLUME]));
  const { places } = placeItems([side(FEEDING), ...nodes, side(FED)], links, labels, SPACING, PAGE);
  const { left, top } = boundsOf(nodes.map(({ id }) => nodeBox(places.get(id))));
  const layers = [...block.layers.values()].map((layer) => {
    const [x, y] = places.get(layer.id) as Position;
    return [layer.id, { ...layer, position: [x - left, y - top] as const }] as const;
  });
  return { ...block, layers: new Map(layers) };
}

function nodeBox([left, top]: Position = [0, 0]) {
  return { left, top, ...NODE };
}

export function everyPlaced({ layers }: Pick<Block, 'layers'>): boolean {
  return [...layers.values()].every(({ position }) => position !== undefined);
}
