import { create } from 'zustand';
import type { Edge, LayerId } from '#core/network/network.ts';
import { useDocument } from '../document/store.ts';
import { edgeId } from './flow-nodes.ts';

/** The connection that a layer would be put into if it were dropped now: it is drawn so. */
export const useEdgeDrop = create<{ readonly edge: Edge | undefined }>()(() => ({ edge: undefined }));

/** The connection under a point of the window; those within an expanded block are none of the network's own. */
function edgeAt(x: number, y: number): Edge | undefined {
  for (const element of document.elementsFromPoint(x, y)) {
    const id = element.closest('.react-flow__edge')?.getAttribute('data-id');
    if (id == null) continue;
    const found = useDocument.getState().design.network.edges.find((edge) => edgeId(edge) === id);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Looks which connection lies under a layer that is being dragged, and marks it. */
export function markEdgeAt(x: number, y: number): void {
  useEdgeDrop.setState({ edge: edgeAt(x, y) });
}

/** Answers the connection that is marked, and marks none any more. */
export function takeMarkedEdge(): Edge | undefined {
  const { edge } = useEdgeDrop.getState();
  if (edge !== undefined) useEdgeDrop.setState({ edge: undefined });
  return edge;
}

/** Whether nothing feeds a layer and it feeds nothing: only such a one is put into a connection by dragging it there. */
export function isFree(layer: LayerId): boolean {
  return !useDocument.getState().design.network.edges.some(({ from, to }) => from === layer || to === layer);
}
