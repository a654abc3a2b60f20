import type { LayerId } from '#core/network/network.ts';
import { draftKey, dropDrafts } from '../ui/drafts.ts';
import { useDocument } from './store.ts';

/** What the drafts of a layer's fields begin with. */
const LAYER = 'layer';

/** The scope of the drafts of one layer. */
export function layerScope(layer: LayerId): string {
  return draftKey(LAYER, layer);
}

/** The scope of the drafts of several layers that are set together. */
export function layersScope(layers: readonly LayerId[]): string {
  return draftKey('layers', JSON.stringify([...layers].sort()));
}

/** Refused text ends with what it was typed for: the design that is shown, the layer. */
useDocument.subscribe((now, before) => {
  if (now.opened !== before.opened) {
    dropDrafts(() => true);
  } else if (now.design.network.layers !== before.design.network.layers) {
    const { layers } = now.design.network;
    dropDrafts((key) => {
      const [scope, layer = ''] = key.split('/');
      return scope === LAYER && !layers.has(layer);
    });
  }
});
