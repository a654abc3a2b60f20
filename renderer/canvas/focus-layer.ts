import { layerAt } from '#core/network/expand.ts';
import type { LayerId } from '#core/network/network.ts';
import { useDocument } from '../document/store.ts';
import { cameFrom, goOnAt } from '../ui/focus-keeper.ts';

/** The part of the page that the canvas is. */
export const CANVAS_ID = 'network-canvas';
/** Frames after which a layer that was brought into view has been drawn. */
const MAX_FRAMES = 60;

/** A layer's node; null where the canvas does not draw it now. */
export function nodeElement(layer: LayerId): HTMLElement | null {
  return canvasElement()?.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(layer)}"]`) ?? null;
}

function rowElement(layer: LayerId): HTMLElement | null {
  return document.querySelector<HTMLElement>(`[data-row="${CSS.escape(layer)}"]`);
}

export function canvasElement(): HTMLElement | null {
  return document.getElementById(CANVAS_ID);
}

/** Where the focus goes where there is no better place: to the selected layer, or to the top of the page. */
export function focusHome(): HTMLElement | null {
  const selected = canvasElement()?.querySelector<HTMLElement>('.react-flow__node.selected');
  return selected ?? document.querySelector('main');
}

/** The canvas in place of a node that is out of sight, where nodes in view only are drawn: its layer is still there. */
export function standInForNode(lost: Element): HTMLElement | null {
  const layer = lost.matches('.react-flow__node') ? lost.getAttribute('data-id') : null;
  const isThere = layer !== null && layerAt(useDocument.getState().design.network, layer) !== undefined;
  return isThere ? canvasElement() : null;
}

/**
 * When the dialog that is open closes, the focus goes to a layer that was chosen in it: to its row where the focus was in
 * the outline, else to its node, as soon as that is drawn.
 */
export function goOnAtLayer(layer: LayerId): void {
  const inOutline = cameFrom()?.closest('[data-row]') != null;
  goOnAt(() => {
    const row = inOutline ? rowElement(layer) : null;
    const place = row ?? nodeElement(layer);
    if (place === null) focusWhenDrawn(layer, MAX_FRAMES);
    return place ?? canvasElement();
  });
}

function focusWhenDrawn(layer: LayerId, frames: number): void {
  requestAnimationFrame(() => {
    if (document.activeElement !== canvasElement()) return;
    const node = nodeElement(layer);
    if (node !== null) node.focus();
    else if (frames > 0) focusWhenDrawn(layer, frames - 1);
  });
}
