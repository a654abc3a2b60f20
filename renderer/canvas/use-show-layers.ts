import { type NodeMouseHandler, useReactFlow, useStoreApi } from '@xyflow/react';
import { useCallback } from 'react';
import type { LayerId, Network } from '#core/network/network.ts';
import { edit, useDocument } from '../document/store.ts';
import type { LayerFlowNode } from './flow-nodes.ts';
import { boxOf } from './frames.ts';
import { screenOf } from './screen.ts';
import { showLayers } from './show-layers.ts';
import { intoView } from './view.ts';

/** Expands a block that is double-clicked, or collapses it; whatever can be pressed in it stays itself. */
export function useToggleLayers(): NodeMouseHandler<LayerFlowNode> {
  const show = useShowLayers();
  return useCallback(
    ({ target }, { id, type }) => {
      if (target instanceof Element && target.closest('button, input, textarea') !== null) return;
      show([id], type !== 'frame');
    },
    [show],
  );
}

/** Expands or collapses blocks. One block stays where it is on the screen, as far as all of it can be seen. */
export function useShowLayers(): (ids: readonly LayerId[], shown: boolean) => void {
  const flow = useReactFlow();
  const store = useStoreApi();
  return useCallback(
    (ids, shown) => {
      const before = useDocument.getState().design.network;
      const edits = showLayers(before, ids, shown);
      if (edits.length === 0) return;
      edit(...edits);
      const after = useDocument.getState().design.network;
      const [only, ...others] = ids;
      const layer = after.layers.get(only ?? '');
      const { transform, domNode } = store.getState();
      if (layer === undefined || others.length > 0 || domNode === null) return;
      const [dx, dy] = movedBy(before, after, layer.id);
      const [x, y, zoom] = transform;
      const same = { x: x - dx * zoom, y: y - dy * zoom, zoom };
      void flow.setViewport(intoView(same, boxOf(after, layer), screenOf(domNode)));
    },
    [flow, store],
  );
}

function movedBy(before: Network, after: Network, id: LayerId): readonly [number, number] {
  const [from, to] = [before, after].map(({ layers }) => layers.get(id)?.position);
  return from === undefined || to === undefined ? [0, 0] : [to[0] - from[0], to[1] - from[1]];
}
