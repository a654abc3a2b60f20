import type { LayerId } from '#core/network/network.ts';
import { dropRefusedTexts, keyOfField } from '../ui/refused-text.ts';
import { useDocument } from './store.ts';

/** What the texts of a layer's fields begin with. */
const LAYER = 'layer';

/** The scope of the texts of one layer. */
export function layerScope(layer: LayerId): string {
  return keyOfField(LAYER, layer);
}

/** The scope of the texts of several layers that are set together. */
export function layersScope(layers: readonly LayerId[]): string {
  return keyOfField('layers', JSON.stringify([...layers].sort()));
}

/** Refused text ends with what it was typed for: the design that is shown, the layer. */
useDocument.subscribe((now, before) => {
  if (now.opened !== before.opened) {
    dropRefusedTexts(() => true);
  } else if (now.design.network.layers !== before.design.network.layers) {
    const { layers } = now.design.network;
    dropRefusedTexts((key) => {
      const [scope, layer = ''] = key.split('/');
      return scope === LAYER && !layers.has(layer);
    });
  }
});
