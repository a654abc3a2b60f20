import { applyEdit, type Edit } from '#core/network/edits.ts';
import type { Edge, LayerId, Network } from '#core/network/network.ts';
import { boxOf } from './frames.ts';
import { GAP, NODE } from './layout.ts';

const STEP = NODE.width + GAP.column;

/**
 * Puts a layer into a connection. Where both of its ends stand in one row it goes between them, and what lies behind it
 * in the row makes room; elsewhere it stays where it was dropped.
 *
 * @param network as it is once the layer is there
 */
export function intoEdge(network: Network, edge: Edge, id: LayerId): readonly Edit[] {
  const insert: Edit = { type: 'insert-on-edge', edge, layer: id };
  if (applyEdit(network, insert) === network) return [];
  const [source, target] = [network.layers.get(edge.from), network.layers.get(edge.to)];
  const [from, to] = [source?.position, target?.position];
  if (source === undefined || from === undefined || to === undefined) return [insert];
  const sameRow = Math.abs(from[1] - to[1]) < NODE.height && to[0] > from[0];
  if (!sameRow) return [insert];
  const { left, width } = boxOf(network, source);
  const at = [left + width + GAP.column, from[1]] as const;
  const short = at[0] + STEP - to[0];
  const positions = new Map<LayerId, readonly [number, number]>([[id, at]]);
  for (const { id: other, position } of network.layers.values()) {
    if (other === id || position === undefined || short <= 0) continue;
    const inRow = Math.abs(position[1] - to[1]) < NODE.height;
    if (inRow && position[0] >= to[0]) positions.set(other, [position[0] + short, position[1]]);
  }
  return [insert, { type: 'move', positions }];
}
