import { useCallback } from 'react';
import type { LayerId } from '#core/network/network.ts';
import { useCanvasActions } from '../canvas/use-canvas-actions.ts';
import { useDocument } from '../document/store.ts';

/** Brings a layer into view on the canvas, if it is not. */
export function useShow(): (layer: LayerId) => void {
  const { reveal } = useCanvasActions();
  return useCallback(
    (layer) => {
      const position = useDocument.getState().design.network.layers.get(layer)?.position;
      if (position !== undefined) reveal(position);
    },
    [reveal],
  );
}
