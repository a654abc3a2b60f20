import '@xyflow/react/dist/style.css';
import {
  Background,
  BackgroundVariant,
  type Connection,
  type EdgeChange,
  type Edge as FlowEdge,
  MarkerType,
  MiniMap,
  type NodeChange,
  ReactFlow,
  type ReactFlowState,
  SelectionMode,
  useStore,
} from '@xyflow/react';
import { useCallback, useMemo, useState } from 'react';
import { layerDefinition } from '#core/layers/index.ts';
import { applyEdit, type Edit } from '#core/network/edits.ts';
import { layerAt } from '#core/network/expand.ts';
import type { LayerId } from '#core/network/network.ts';
import { isTyping } from '../commands/keys.ts';
import { edit, select, useDocument } from '../document/store.ts';
import { enterSettings } from '../inspector/settings-focus.ts';
import { categoryClass } from '../ui/category.ts';
import { goOnAt } from '../ui/focus-keeper.ts';
import { BlockFrame } from './BlockFrame.tsx';
import styles from './Canvas.module.css';
import { CanvasNotes } from './CanvasNotes.tsx';
import { KeepEdgeRoutes } from './CanvasProvider.tsx';
import { CanvasTools } from './CanvasTools.tsx';
import { isFree, markEdgeAt, takeMarkedEdge } from './edge-drop.ts';
import { ZOOM } from './fit.ts';
import { FlowElements, type LayerFlowNode, type Measured, type VolumeFlowEdge } from './flow-nodes.ts';
import { CANVAS_ID, canvasElement, nodeElement } from './focus-layer.ts';
import { anchored } from './frames.ts';
import { LayerNode } from './LayerNode.tsx';
import { GRID } from './layout.ts';
import { intoEdge } from './make-room.ts';
import { RefusedEdge } from './RefusedEdge.tsx';
import { proposeConnection, type RefusedConnection, useRefusedConnection } from './refused-connection.ts';
import { useToggleLayers } from './use-show-layers.ts';
import { VolumeEdge } from './VolumeEdge.tsx';

const NODE_TYPES = { layer: LayerNode, frame: BlockFrame, inner: LayerNode };
const EDGE_TYPES = { volume: VolumeEdge, refused: RefusedEdge };
const EDGE_OPTIONS = { markerEnd: { type: MarkerType.ArrowClosed, width: 16, height: 16 } };
/** React Flow draws the overview for this size. */
const MINIMAP = { width: 132, height: 80 };
const DELETE_KEYS = ['Backspace', 'Delete'];
const MULTI_SELECT_KEYS = ['Shift', 'Meta', 'Control'];
const SNAP_GRID: [number, number] = [GRID, GRID];
/** Up to this many nodes all are drawn; of more, those in view. */
const FEW = 150;
const FAR_ZOOM = 0.3;
/** A connection that waits for a decision lies above all nodes. */
const REFUSED = 2000;
const PRO_OPTIONS = { hideAttribution: true };
const ARIA_LABELS = {
  'node.a11yDescription.default':
    'Press Enter or Space to select the layer, then Enter for its settings, the arrow keys to move it or Delete to remove it.',
  'edge.a11yDescription.default': 'Press Enter or Space to select the connection, then Delete to remove it.',
  'minimap.ariaLabel': 'Overview',
};

type CanvasEdge = VolumeFlowEdge | RefusedFlowEdge;
type RefusedFlowEdge = FlowEdge<Record<string, never>, 'refused'>;

type Point = readonly [x: number, y: number];
const NOTHING_DRAGGED: ReadonlyMap<LayerId, Point> = new Map();

/** The network, drawn. What is drawn follows from the document; what the user does comes back as edits. */
export function Canvas() {
  const size = useDocument(({ design }) => design.network.layers.size);
  const far = useStore(isFar);
  const [elements] = useState(() => new FlowElements());
  const [measured, setMeasured] = useState<ReadonlyMap<LayerId, Measured>>(new Map());
  const [dragged, setDragged] = useState(NOTHING_DRAGGED);
  const toggleLayers = useToggleLayers();
  const [selectedEdges, setSelectedEdges] = useState<ReadonlySet<string>>(new Set());

  // Where a change leaves places, names and connections alone, these are the same arrays, and nothing is drawn anew.
  const nodes = useDocument(({ design, report, selection }) =>
    elements.nodes(design.network, report, selection, dragged, measured),
  );
  const drawn = useDocument(({ design }) => elements.edges(design.network, selectedEdges));
  const refused = useRefusedConnection((state) => state.refused);
  const edges = useMemo(() => (refused === undefined ? drawn : [...drawn, refusedEdge(refused)]), [drawn, refused]);

  const onNodesChange = useCallback((changes: readonly NodeChange<LayerFlowNode>[]) => {
    applySizes(changes, setMeasured);
    applyMoves(changes, setDragged);
    applySelection(changes);
  }, []);

  const onEdgesChange = useCallback((changes: readonly EdgeChange<CanvasEdge>[]) => {
    const selects = changes.filter((change) => change.type === 'select');
    if (selects.length === 0) return;
    setSelectedEdges((before) => {
      const after = new Set(before);
      for (const { id, selected } of selects) {
        if (selected) after.add(id);
        else after.delete(id);
      }
      return after;
    });
  }, []);

  return (
    <section
      id={CANVAS_ID}
      tabIndex={-1}
      className={styles.canvas}
      aria-label="Network canvas"
      data-far={far || undefined}
      onKeyDownCapture={intoSettings}
      onPointerDownCapture={unmarkPage}
    >
      <ReactFlow<LayerFlowNode, CanvasEdge>
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        edgeTypes={EDGE_TYPES}
        defaultEdgeOptions={EDGE_OPTIONS}
        onNodesChange={onNodesChange}
        onEdgesChange={onEdgesChange}
        onConnect={connect}
        onReconnect={reconnect}
        onNodeDrag={markUnder}
        onDelete={remove}
        onNodeDoubleClick={toggleLayers}
        deleteKeyCode={DELETE_KEYS}
        multiSelectionKeyCode={MULTI_SELECT_KEYS}
        selectionMode={SelectionMode.Partial}
        snapToGrid
        snapGrid={SNAP_GRID}
        connectionRadius={36}
        minZoom={ZOOM.least}
        maxZoom={2}
        onlyRenderVisibleElements={nodes.length > FEW}
        proOptions={PRO_OPTIONS}
        ariaLabelConfig={ARIA_LABELS}
      >
        <Background variant={BackgroundVariant.Dots} gap={2 * GRID} size={1.2} color="var(--dots)" />
        <MiniMap
          pannable
          zoomable
          style={MINIMAP}
          className={styles.minimap ?? ''}
          nodeColor={nodeColor}
          nodeStrokeColor={nodeStroke}
          nodeStrokeWidth={8}
          maskColor="var(--mask)"
        />
        <KeepEdgeRoutes dragged={dragged} />
        <CanvasTools />
        <CanvasNotes />
        {size === 0 && <EmptyCanvas />}
      </ReactFlow>
    </section>
  );
}

/** Whether the network is seen from so far that small print could not be read: then it is not drawn either. */
function isFar({ transform: [, , zoom] }: ReactFlowState): boolean {
  return zoom < FAR_ZOOM;
}

/** A layer without connections is put into the one that it is dropped on. */
function markUnder(
  event: MouseEvent | TouchEvent | React.MouseEvent,
  node: LayerFlowNode,
  nodes: LayerFlowNode[],
): void {
  if (nodes.length > 1 || !('clientX' in event) || !isFree(node.id)) return;
  markEdgeAt(event.clientX, event.clientY);
}

function connect({ source, target }: Connection): void {
  proposeConnection({ from: source, to: target });
}

function reconnect(old: CanvasEdge, { source, target }: Connection): void {
  proposeConnection({ from: source, to: target }, { from: old.source, to: old.target });
}

function remove({ nodes, edges }: { readonly nodes: LayerFlowNode[]; readonly edges: CanvasEdge[] }): void {
  goOnAtNeighbour(nodes.map(({ id }) => id));
  edit({
    type: 'remove',
    layers: nodes.map(({ id }) => id),
    edges: edges.map(({ source, target }) => ({ from: source, to: target })),
  });
}

/** A connection that would close a loop, as one more on the canvas; nothing but its question can be done with it. */
function refusedEdge({ edge: { from, to } }: RefusedConnection): RefusedFlowEdge {
  return {
    id: 'refused',
    type: 'refused',
    source: from,
    target: to,
    zIndex: REFUSED,
    selectable: false,
    focusable: false,
    deletable: false,
    reconnectable: false,
  };
}

/** Shift would mark all text from where the page was clicked before, and dragging a frame would drag that text. */
function unmarkPage({ target }: React.PointerEvent): void {
  if (!isTyping(target)) window.getSelection()?.removeAllRanges();
}

/** Enter on a layer that is selected leads into its settings; React Flow has no other use for it there. */
function intoSettings(event: React.KeyboardEvent): void {
  const { key, target } = event;
  if (key !== 'Enter' || !(target instanceof HTMLElement) || !target.matches('.react-flow__node.selected')) return;
  event.preventDefault();
  event.stopPropagation();
  const layer = target.dataset['id'] ?? '';
  enterSettings(() => nodeElement(layer));
}

/** When layers are removed, the focus goes to one that fed them, or that they fed. */
function goOnAtNeighbour(layers: readonly LayerId[]): void {
  const { edges } = useDocument.getState().design.network;
  const feeding = edges.filter(({ to }) => layers.includes(to)).map(({ from }) => from);
  const fed = edges.filter(({ from }) => layers.includes(from)).map(({ to }) => to);
  const [neighbour] = [...feeding, ...fed].filter((id) => !layers.includes(id));
  if (layers.length > 0) goOnAt(() => (neighbour === undefined ? null : nodeElement(neighbour)) ?? canvasElement());
}

function EmptyCanvas() {
  return (
    <div className={styles.empty}>
      <p>
        <strong>An empty canvas.</strong> Drag INPUT here from the left, or click it; then CONV, RELU, MAX POOL, FLATTEN
        and FC. Drag from a layer’s right side to the next one’s left side to connect them.
      </p>
    </div>
  );
}

/** Frames are drawn as such in the overview: what is in them is seen. */
function nodeStroke({ type }: LayerFlowNode): string {
  return type === 'frame' ? 'var(--tone-blocks)' : 'transparent';
}

function nodeColor({ id, type }: LayerFlowNode): string {
  if (type === 'frame') return 'var(--panel)';
  const kind = layerAt(useDocument.getState().design.network, id)?.kind ?? '';
  return `var(--tone-${categoryClass(layerDefinition(kind)?.category)})`;
}

function applySizes(
  changes: readonly NodeChange<LayerFlowNode>[],
  set: (change: (before: ReadonlyMap<LayerId, Measured>) => ReadonlyMap<LayerId, Measured>) => void,
): void {
  const sizes = changes.flatMap((change) =>
    change.type === 'dimensions' && change.dimensions ? [[change.id, change.dimensions] as const] : [],
  );
  if (sizes.length > 0) set((before) => new Map([...before, ...sizes]));
}

/** While a layer is dragged only its picture moves; where it is dropped is one edit. */
function applyMoves(
  changes: readonly NodeChange<LayerFlowNode>[],
  setDragged: (change: (before: ReadonlyMap<LayerId, Point>) => ReadonlyMap<LayerId, Point>) => void,
): void {
  const { network } = useDocument.getState().design;
  const moves = changes.filter((change) => change.type === 'position').map((move) => anchored(network, move));
  const underWay = moves.flatMap(({ id, position, dragging }) =>
    dragging && position ? [[id, [position.x, position.y]] as const] : [],
  );
  if (underWay.length > 0) setDragged((before) => new Map([...before, ...underWay]));
  const dropped = moves.filter(({ dragging }) => dragging !== true);
  if (dropped.length === 0) return;
  const positions = new Map(
    dropped.flatMap(({ id, position }) => (position ? [[id, [position.x, position.y] as const] as const] : [])),
  );
  const edge = takeMarkedEdge();
  const [only] = positions.keys();
  const move: Edit = { type: 'move', positions };
  const into = edge === undefined || only === undefined ? [] : intoEdge(applyEdit(network, move), edge, only);
  if (positions.size > 0) edit(move, ...into);
  setDragged(() => NOTHING_DRAGGED);
}

function applySelection(changes: readonly NodeChange<LayerFlowNode>[]): void {
  const selects = changes.filter((change) => change.type === 'select');
  if (selects.length === 0) return;
  const after = new Set(useDocument.getState().selection);
  for (const { id, selected } of selects) {
    if (selected) after.add(id);
    else after.delete(id);
  }
  select(after);
}
