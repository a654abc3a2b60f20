import { clipOf } from '#core/network/edits.ts';
import type { LayerId, Network } from '#core/network/network.ts';
import { formatDesign, parseDesign } from '#core/project/design-file.ts';
import { edit, select, useDocument } from './store.ts';

/** How far copies lie from what they are copies of. */
const OFFSET = [40, 40] as const;

/** The selected layers as text: a small design file, so that it can be pasted into another window, or read. */
export function copySelection(): string | undefined {
  const { design, selection } = useDocument.getState();
  if (selection.size === 0) return undefined;
  return formatDesign({ ...design, name: 'Copied layers', network: clipOf(design.network, selection) });
}

/** Adds the layers of a text that was copied here; answers false for any other text. */
export function pasteText(text: string): boolean {
  if (!text.includes('"convcanvas"')) return false;
  let clip: Network;
  try {
    clip = parseDesign(text).network;
  } catch {
    return false;
  }
  paste(clip);
  return true;
}

export function duplicate(): void {
  const { design, selection } = useDocument.getState();
  if (selection.size > 0) paste(clipOf(design.network, selection));
}

function paste(clip: Network): void {
  const before = new Set<LayerId>(useDocument.getState().design.network.layers.keys());
  edit({ type: 'paste', clip, offset: OFFSET });
  select([...useDocument.getState().design.network.layers.keys()].filter((id) => !before.has(id)));
}
