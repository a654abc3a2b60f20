import { applyEdit } from '#core/network/edits.ts';
import type { Layer, LayerId, Network } from '#core/network/network.ts';
import { breakLine, crossingsBehind, ranksOf } from './bands.ts';
import { NODE, type Position } from './dimensions.ts';
import { shownFrame } from './frames.ts';
import { everyPlaced, placedBlock, placeInLine } from './in-line.ts';

export { GAP, GRID, NODE } from './dimensions.ts';

/**
 * Places a network from left to right. A long chain is broken into bands, but only where a single edge crosses, so that
 * no block is torn apart.
 */
export function layoutNetwork(network: Network): ReadonlyMap<LayerId, Position> {
  const sizeOf = (id: LayerId) => shownFrame(network, network.layers.get(id) as Layer) ?? NODE;
  const ranks = ranksOf(placeInLine([...network.layers.keys()], network.edges, sizeOf));
  return breakLine(
    ranks,
    crossingsBehind(network.edges, ranks).map((count) => count === 1),
  );
}

/** A network in which every layer has a place: as it is, or laid out anew where some had none. So have its blocks. */
export function withPositions(network: Network): Network {
  const blocks = network.blocks && new Map([...network.blocks].map(([name, block]) => [name, placedBlock(block)]));
  const sameBlocks = blocks === undefined || [...blocks].every(([name, block]) => block === network.blocks?.get(name));
  const inside = sameBlocks ? network : { ...network, blocks };
  if (everyPlaced(network)) return inside;
  return applyEdit(inside, { type: 'move', positions: layoutNetwork(inside) });
}
