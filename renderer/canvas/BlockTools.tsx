import { FoldHorizontal, UnfoldHorizontal } from 'lucide-react';
import { useDocument } from '../document/store.ts';
import { IconButton } from '../ui/IconButton.tsx';
import { blocksOf } from './show-layers.ts';
import { useCanvasActions } from './use-canvas-actions.ts';
import { useShowLayers } from './use-show-layers.ts';

/** Expands or collapses all blocks of a design that has some. */
export function BlockTools() {
  const some = useDocument(({ design }) => blocksOf(design.network).length > 0);
  const show = useShowLayers();
  const { fit } = useCanvasActions();
  if (!some) return null;
  const showAll = (shown: boolean) => {
    show(blocksOf(useDocument.getState().design.network), shown);
    requestAnimationFrame(fit);
  };
  return (
    <>
      <IconButton label="Expand all blocks" onClick={() => showAll(true)} icon={UnfoldHorizontal} />
      <IconButton label="Collapse all blocks" onClick={() => showAll(false)} icon={FoldHorizontal} />
    </>
  );
}
