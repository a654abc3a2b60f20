import { type PointerEvent as ReactPointerEvent, useCallback, useState } from 'react';
import { markEdgeAt, takeMarkedEdge } from '../canvas/edge-drop.ts';
import { type Item, useCanvasActions } from '../canvas/use-canvas-actions.ts';

/** Pixels that the pointer moves before a press becomes a drag. */
const THRESHOLD = 4;

interface Ghost {
  readonly label: string;
  readonly x: number;
  readonly y: number;
}

/** Dragging a layer from the palette with mouse, pen or finger. Escape calls it off. */
export function useDragFromPalette() {
  const { dropAt } = useCanvasActions();
  const [ghost, setGhost] = useState<Ghost>();

  const begin = useCallback(
    (down: ReactPointerEvent<HTMLElement>, item: Item, label: string) => {
      if (down.button !== 0) return;
      const button = down.currentTarget;
      const from = { x: down.clientX, y: down.clientY };
      let dragging = false;
      const move = (event: PointerEvent) => {
        if (!dragging && Math.hypot(event.clientX - from.x, event.clientY - from.y) < THRESHOLD) return;
        dragging = true;
        setGhost({ label, x: event.clientX, y: event.clientY });
        markEdgeAt(event.clientX, event.clientY);
      };
      const end = (event: PointerEvent) => {
        if (dragging) drop(event);
        stop();
      };
      const drop = (event: PointerEvent) => {
        // A press that became a drag is no click, wherever it ended.
        button.addEventListener('click', swallow, { capture: true, once: true });
        setTimeout(() => button.removeEventListener('click', swallow, { capture: true }), 0);
        dropAt(item, event.clientX, event.clientY);
      };
      const key = (event: KeyboardEvent) => {
        if (event.key === 'Escape') stop();
      };
      const stop = () => {
        setGhost(undefined);
        takeMarkedEdge();
        window.removeEventListener('pointermove', move);
        window.removeEventListener('pointerup', end);
        window.removeEventListener('pointercancel', stop);
        window.removeEventListener('keydown', key);
      };
      window.addEventListener('pointermove', move);
      window.addEventListener('pointerup', end);
      window.addEventListener('pointercancel', stop);
      window.addEventListener('keydown', key);
    },
    [dropAt],
  );
  return { ghost, begin };
}

function swallow(event: MouseEvent): void {
  event.stopPropagation();
  event.preventDefault();
}
