import { overlap } from '#core/layout/box.ts';
import { applyEdit, type Edit } from '#core/network/edits.ts';
import { blockOf } from '#core/network/expand.ts';
import type { Layer, LayerId, Network } from '#core/network/network.ts';
import { GAP, type Position } from './dimensions.ts';
import { boxOf, isExpanded, nodeAt, shownFrame } from './frames.ts';
import { showLayers } from './show-layers.ts';

/**
 * Takes a block apart. Its layers stay where they are drawn if it is expanded. Else they lie from its place on, or, where
 * they would cover others there, where they are drawn once it is expanded.
 */
export function takeApart(network: Network, id: LayerId): readonly Edit[] {
  const layer = network.layers.get(id);
  const block = layer && blockOf(layer, network);
  if (layer === undefined || block === undefined) return [];
  const apart: Edit = { type: 'take-apart', layer: id };
  const after = applyEdit(network, apart);
  const fresh = [...after.layers.values()].slice(-block.layers.size);
  if (isExpanded(layer)) return [apart, { type: 'move', positions: placesShown(network, layer, fresh) }];
  const others = [...network.layers.values()].filter((other) => other !== layer).map((other) => boxOf(network, other));
  const covers = fresh.some(
    ({ position }) => position && others.some((box) => overlap(nodeAt(position), box, GAP.row)),
  );
  if (layer.position === undefined || !covers) return [apart];
  const shown = showLayers(network, [id], true);
  return [...shown, ...takeApart(shown.reduce(applyEdit, network), id)];
}

/** The places in the frame of an expanded block for the layers that were made of its own, in their order. */
function placesShown(network: Network, layer: Layer, fresh: readonly Layer[]): ReadonlyMap<LayerId, Position> {
  const { left, top } = boxOf(network, layer);
  const places = [...(shownFrame(network, layer)?.places.values() ?? [])];
  return new Map(
    fresh.flatMap(({ id }, i) => {
      const place = places[i];
      return place === undefined ? [] : [[id, [left + place[0], top + place[1]]] as const];
    }),
  );
}
