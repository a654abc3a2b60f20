import { useReactFlow, useStoreApi } from '@xyflow/react';
import { useMemo } from 'react';
import type { Fields } from '#core/layers/fields.ts';
import { layerDefinition } from '#core/layers/index.ts';
import { overlap, partsOf } from '#core/layout/box.ts';
import { applyEdit, type Edit, nextId } from '#core/network/edits.ts';
import { type LayerId, looseEnds, type Network } from '#core/network/network.ts';
import { freshNoteId } from '#core/network/notes.ts';
import { edit, select, useDocument } from '../document/store.ts';
import { useEdgeRoutes } from './CanvasProvider.tsx';
import { takeMarkedEdge } from './edge-drop.ts';
import { viewOfAll } from './fit.ts';
import { boxOf, nodeAt } from './frames.ts';
import { GAP, GRID, layoutNetwork, NODE } from './layout.ts';
import { intoEdge } from './make-room.ts';
import { screenOf } from './screen.ts';
import { isInView } from './view.ts';

/** Milliseconds in which the view moves. */
const MOVING = 200;
/** Frames after which a canvas that was just opened is there. */
const OPENING = 30;
/** Layers in a row when a network is drawn by clicking; layers up to which all of it stays in view meanwhile. */
const ROW = 5;
const READABLE = 40;
/** How far a new note lies from where the one before it was put. */
const NOTE_STEP = 20;
/** Below this zoom a layer cannot be read; the zoom at which one is shown that was looked for. */
const LEGIBLE = 0.5;
const CLOSE = 0.8;
const STEP = { x: NODE.width + GAP.column, y: NODE.height + GAP.row } as const;

type Point = readonly [x: number, y: number];

/** What the palette offers: a kind of layer, with its fields where they are not the defaults. */
export interface Item {
  readonly kind: string;
  readonly fields?: Fields;
}

export type CanvasActions = ReturnType<typeof useCanvasActions>;

/** What can be done to the canvas from outside it: by the palette, the toolbar and keys. */
export function useCanvasActions() {
  const flow = useReactFlow();
  const store = useStoreApi();
  const routes = useEdgeRoutes();
  return useMemo(() => {
    /** Shows all of the network, with nothing of it under the tools or the overview. */
    const show = (duration: number) => {
      const { domNode } = store.getState();
      const { network } = useDocument.getState().design;
      if (domNode === null || network.layers.size === 0) return;
      const boxes = [...network.layers.values()].map((layer) => boxOf(network, layer));
      const lines = [...routes.all.values()].flatMap(({ way }) => partsOf(way));
      const { size, panels } = screenOf(domNode);
      void flow.setViewport(viewOfAll([...boxes, ...lines], size, panels), { duration });
    };
    const fit = () => show(MOVING);
    const zoomIn = () => void flow.zoomIn();
    const zoomOut = () => void flow.zoomOut();

    /** A place near the canvas's upper left corner, in the network's coordinates. */
    const corner = (): Point => {
      const box = store.getState().domNode?.getBoundingClientRect();
      if (box === undefined) return [0, 0];
      const { x, y } = flow.screenToFlowPosition({ x: box.left + 48, y: box.top + 48 });
      return [snap(x), snap(y)];
    };

    /** Shows a layer that lies outside the view: with the whole network if that can be read, else in the middle. */
    const reveal = ([x, y]: Point) => {
      const { transform, domNode } = store.getState();
      const [tx, ty, zoom] = transform;
      if (domNode === null || isInView({ x: tx, y: ty, zoom }, nodeAt([x, y]), screenOf(domNode))) return;
      if (useDocument.getState().design.network.layers.size <= READABLE) requestAnimationFrame(() => arrive());
      else centre([x, y], zoom);
    };

    const centre = ([x, y]: Point, zoom: number) =>
      void flow.setCenter(x + NODE.width / 2, y + NODE.height / 2, { zoom, duration: MOVING });

    /** Shows a layer that was looked for, large enough to be read. */
    const find = (id: LayerId) => {
      const place = useDocument.getState().design.network.layers.get(id)?.position;
      if (place === undefined) return;
      if (store.getState().transform[2] < LEGIBLE) centre(place, CLOSE);
      else reveal(place);
    };

    /** Shows all of a design that was just opened, as soon as the canvas is there. */
    const arrive = (frames = OPENING) => {
      if (store.getState().panZoom !== null) show(0);
      else if (frames > 0) requestAnimationFrame(() => arrive(frames - 1));
    };

    /** Adds a layer behind those that are selected, or behind the one loose end; free-standing where there is none. */
    const append = ({ kind, fields }: Item) => {
      const { design, selection } = useDocument.getState();
      const { network } = design;
      const after = layerDefinition(kind)?.arity.max === 0 ? [] : appendAfter(network, selection);
      const id = nextId(network, kind);
      const position = freeSpot(network, placeBehind(network, after) ?? corner());
      edit({ type: 'add', kind, id, position, after, ...(fields && { fields }) });
      select([id]);
      reveal(position);
    };

    /** Adds a layer where it was dropped, if that is on the canvas, in a connection into that; answers whether it was. */
    const dropAt = ({ kind, fields }: Item, clientX: number, clientY: number): boolean => {
      const target = document.elementFromPoint(clientX, clientY);
      if (target === null || !store.getState().domNode?.contains(target)) return false;
      const { x, y } = flow.screenToFlowPosition({ x: clientX, y: clientY });
      const id = nextId(useDocument.getState().design.network, kind);
      const position: Point = [snap(x - NODE.width / 2), snap(y - NODE.height / 2)];
      const add: Edit = { type: 'add', kind, id, position, ...(fields && { fields }) };
      const edge = takeMarkedEdge();
      const network = applyEdit(useDocument.getState().design.network, add);
      edit(add, ...(edge === undefined ? [] : intoEdge(network, edge, id)));
      select([id]);
      return true;
    };

    /** Puts an empty note into the middle of what is in view, ready to be written. */
    const addNote = () => {
      const { network } = useDocument.getState().design;
      const id = freshNoteId(network);
      const box = store.getState().domNode?.getBoundingClientRect();
      const { left = 0, top = 0, width = 0, height = 0 } = box ?? {};
      const centre = flow.screenToFlowPosition({ x: left + width / 2, y: top + height / 3 });
      const below = NOTE_STEP * (network.notes?.size ?? 0);
      const position = [snap(centre.x - NODE.width / 2) + below, snap(centre.y) + below] as const;
      edit({ type: 'put-note', note: { id, text: '', position } });
      requestAnimationFrame(() => {
        store.getState().domNode?.querySelector<HTMLElement>(`[data-note="${id}"] textarea`)?.focus();
      });
    };

    const autoLayout = () => {
      edit({ type: 'move', positions: layoutNetwork(useDocument.getState().design.network) });
      requestAnimationFrame(fit);
    };

    return { fit, zoomIn, zoomOut, append, dropAt, addNote, autoLayout, arrive, reveal, find };
  }, [flow, store, routes]);
}

function snap(value: number): number {
  return Math.round(value / GRID) * GRID;
}

/** The selected layers in the order they were made; without a selection, the one layer that feeds nothing. */
function appendAfter(network: Network, selection: ReadonlySet<LayerId>): readonly LayerId[] {
  const selected = [...network.layers.keys()].filter((id) => selection.has(id));
  if (selected.length > 0) return selected;
  const ends = looseEnds(network);
  return ends.length === 1 ? ends : [];
}

/** To the right of the layers that feed it; at the start of a new row where the row has become long. */
export function placeBehind(network: Network, after: readonly LayerId[]): Point | undefined {
  const placed = [...network.layers.values()].filter(({ position }) => position !== undefined);
  const boxes = placed.filter(({ id }) => after.includes(id)).map((layer) => boxOf(network, layer));
  if (boxes.length === 0) return undefined;
  const left = Math.min(...placed.map(({ position }) => position?.[0] ?? 0));
  const x = Math.max(...boxes.map((box) => box.left + box.width)) + GAP.column;
  const y = snap(boxes.reduce((sum, { top, height }) => sum + top + (height - NODE.height) / 2, 0) / boxes.length);
  return x - left < ROW * STEP.x ? [x, y] : [left, y + STEP.y + GAP.band - GAP.row];
}

/** The wanted place, or the next one below it that no layer covers. */
export function freeSpot(network: Network, [x, wanted]: Point): Point {
  const taken = [...network.layers.values()].flatMap((layer) => (layer.position ? [boxOf(network, layer)] : []));
  const covered = (y: number) => taken.some((box) => overlap(nodeAt([x, y]), box, GRID, GRID));
  let y = wanted;
  while (covered(y)) y += STEP.y;
  return [x, y];
}
