import { type Item, placeItems } from '#core/layout/place.ts';
import { applyEdit } from '#core/network/edits.ts';
import type { LayerId, Network } from '#core/network/network.ts';
import { topologicalOrder } from '#core/network/order.ts';
import { propagate } from '#core/network/propagate.ts';
import { canvasSize } from './canvas-size.ts';
import { NODE, type Position, type Size, SPACING } from './dimensions.ts';
import { labelRoom } from './edge-text.ts';
import { shownFrame } from './frames.ts';
import { everyPlaced, placedBlock } from './placed-block.ts';

export { GAP, GRID, NODE } from './dimensions.ts';

/**
 * Places a network from left to right. A long one is broken into lines like text, so that it can be drawn as large as
 * possible on the canvas.
 *
 * @param page the canvas's size in pixels
 * @returns upper left corners. An expanded block is placed as its node is when it is collapsed: in the middle of the
 *   frame's left side
 */
export function layoutNetwork(network: Network, page: Size = canvasSize()): ReadonlyMap<LayerId, Position> {
  const report = propagate(network);
  const frames = new Map([...network.layers.values()].map((layer) => [layer.id, shownFrame(network, layer)]));
  const items = topologicalOrder(network).all.map((id): Item => {
    const { width, height } = frames.get(id) ?? NODE;
    return { id, width, height, line: height / 2 };
  });
  const edges = network.edges.filter(({ from, to }) => network.layers.has(from) && network.layers.has(to));
  const labels = new Map(edges.map((edge) => [edge, labelRoom(report.layers.get(edge.from)?.shape)]));
  // All columns are as far from each other as the widest volume needs: rows then line up.
  const widest = Math.max(0, ...[...labels.values()].map(({ width }) => width));
  const column = Math.max(SPACING.column, SPACING.tail + widest + SPACING.head);
  const { places } = placeItems(items, edges, labels, { ...SPACING, column }, page);
  return new Map([...places].map(([id, [x, y]]) => [id, [x, y + (frames.get(id)?.above ?? 0)]]));
}

/** A network in which every layer has a place: as it is, or laid out anew where some had none. So have its blocks. */
export function withPositions(network: Network, page: Size = canvasSize()): Network {
  const blocks = network.blocks && new Map([...network.blocks].map(([name, block]) => [name, placedBlock(block)]));
  const sameBlocks = blocks === undefined || [...blocks].every(([name, block]) => block === network.blocks?.get(name));
  const inside = sameBlocks ? network : { ...network, blocks };
  if (everyPlaced(network)) return inside;
  return applyEdit(inside, { type: 'move', positions: layoutNetwork(inside, page) });
}
