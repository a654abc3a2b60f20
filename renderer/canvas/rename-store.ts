import { create } from 'zustand';
import type { LayerId } from '#core/network/network.ts';
import { useDocument } from '../document/store.ts';

/** The layer whose name is being changed on the canvas, if any. */
export const useRenaming = create<{ readonly layer: LayerId | undefined }>()(() => ({ layer: undefined }));

export function beginRename(layer: LayerId): void {
  useRenaming.setState({ layer });
}

export function endRename(): void {
  useRenaming.setState({ layer: undefined });
}

/** Lets the one layer that is selected be renamed where it stands. */
export function renameSelected(): void {
  const { selection } = useDocument.getState();
  const [only] = selection;
  if (only !== undefined && selection.size === 1) beginRename(only);
}
