import { LAYERS, type LayerKind, layerDefinition } from '../layers/index.ts';
import type { LayerId, Network } from './network.ts';

/** The other kinds that a layer could be of with the connections it has, in palette order. */
export function replacementsOf(network: Network, id: LayerId): readonly LayerKind[] {
  const layer = network.layers.get(id);
  if (layer === undefined) return [];
  const inputs = network.edges.filter(({ to }) => to === id).length;
  const takesInput = inputs > 0 || layerDefinition(layer.kind)?.arity.max !== 0;
  return LAYERS.filter(({ kind, arity }) => {
    if (kind === layer.kind) return false;
    // Whatever has no input yet can still get as many as it needs.
    if (inputs === 0) return takesInput === arity.max > 0;
    return arity.min <= inputs && inputs <= arity.max;
  }).map(({ kind }) => kind);
}
