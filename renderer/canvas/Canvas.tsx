import '@xyflow/react/dist/style.css';
import {
  Background,
  BackgroundVariant,
  type EdgeChange,
  MarkerType,
  MiniMap,
  type NodeChange,
  ReactFlow,
  SelectionMode,
} from '@xyflow/react';
import { useCallback, useMemo, useState } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { layerDefinition } from '#core/layers/index.ts';
import type { LayerId } from '#core/network/network.ts';
import { edit, select, useDocument } from '../document/store.ts';
import { categoryClass } from '../ui/category.ts';
import styles from './Canvas.module.css';
import { CanvasTools } from './CanvasTools.tsx';
import { FlowElements, type LayerFlowNode, type Measured, type VolumeFlowEdge } from './flow-nodes.ts';
import { LayerNode } from './LayerNode.tsx';
import { VolumeEdge } from './VolumeEdge.tsx';

const NODE_TYPES = { layer: LayerNode };
const EDGE_TYPES = { volume: VolumeEdge };
const EDGE_OPTIONS = { markerEnd: { type: MarkerType.ArrowClosed, width: 16, height: 16 } };
/** React Flow draws the overview for this size. */
const MINIMAP = { width: 132, height: 80 };
const DELETE_KEYS = ['Backspace', 'Delete'];
const MULTI_SELECT_KEYS = ['Shift', 'Meta', 'Control'];
export const GRID = 10;

type Point = readonly [x: number, y: number];
const NOTHING_DRAGGED: ReadonlyMap<LayerId, Point> = new Map();

/** The network, drawn. What is drawn follows from the document; what the user does comes back as edits. */
export function Canvas() {
  const network = useDocument(({ design }) => design.network);
  const selection = useDocument((state) => state.selection);
  const troubled = useDocument(useShallow(({ report }) => report.problems.flatMap((problem) => problem.layer ?? [])));
  const [elements] = useState(() => new FlowElements());
  const [measured, setMeasured] = useState<ReadonlyMap<LayerId, Measured>>(new Map());
  const [dragged, setDragged] = useState(NOTHING_DRAGGED);
  const [selectedEdges, setSelectedEdges] = useState<ReadonlySet<string>>(new Set());

  const nodes = useMemo(
    () => elements.nodes(network, selection, dragged, measured, new Set(troubled)),
    [elements, network, selection, dragged, measured, troubled],
  );
  const edges = useMemo(() => elements.edges(network, selectedEdges), [elements, network, selectedEdges]);

  const onNodesChange = useCallback((changes: readonly NodeChange<LayerFlowNode>[]) => {
    applySizes(changes, setMeasured);
    applyMoves(changes, setDragged);
    applySelection(changes);
  }, []);

  const onEdgesChange = useCallback((changes: readonly EdgeChange<VolumeFlowEdge>[]) => {
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
    <section className={styles.canvas} aria-label="Network canvas">
      <ReactFlow<LayerFlowNode, VolumeFlowEdge>
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        edgeTypes={EDGE_TYPES}
        defaultEdgeOptions={EDGE_OPTIONS}
        onNodesChange={onNodesChange}
        onEdgesChange={onEdgesChange}
        onConnect={({ source, target }) => edit({ type: 'connect', from: source, to: target })}
        onReconnect={(old, { source, target }) => {
          const cut = { from: old.source, to: old.target };
          edit({ type: 'remove', layers: [], edges: [cut] }, { type: 'connect', from: source, to: target });
        }}
        onDelete={({ nodes: gone, edges: cut }) =>
          edit({
            type: 'remove',
            layers: gone.map(({ id }) => id),
            edges: cut.map(({ source, target }) => ({ from: source, to: target })),
          })
        }
        deleteKeyCode={DELETE_KEYS}
        multiSelectionKeyCode={MULTI_SELECT_KEYS}
        selectionMode={SelectionMode.Partial}
        snapToGrid
        snapGrid={[GRID, GRID]}
        connectionRadius={36}
        minZoom={0.1}
        maxZoom={2}
        onlyRenderVisibleElements={network.layers.size > 150}
        proOptions={{ hideAttribution: true }}
        ariaLabelConfig={{
          'node.a11yDescription.default':
            'Press Enter or Space to select the layer, then the arrow keys to move it or Delete to remove it.',
          'edge.a11yDescription.default': 'Press Enter or Space to select the connection, then Delete to remove it.',
          'minimap.ariaLabel': 'Overview',
        }}
      >
        <Background variant={BackgroundVariant.Dots} gap={2 * GRID} size={1.2} color="var(--dots)" />
        <MiniMap
          pannable
          zoomable
          style={MINIMAP}
          className={styles.minimap ?? ''}
          nodeColor={nodeColor}
          maskColor="var(--mask)"
        />
        <CanvasTools />
        {network.layers.size === 0 && <EmptyCanvas />}
      </ReactFlow>
    </section>
  );
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

function nodeColor({ id }: LayerFlowNode): string {
  const kind = useDocument.getState().design.network.layers.get(id)?.kind ?? '';
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
  const moves = changes.filter((change) => change.type === 'position');
  const underWay = moves.flatMap(({ id, position, dragging }) =>
    dragging && position ? [[id, [position.x, position.y]] as const] : [],
  );
  if (underWay.length > 0) setDragged((before) => new Map([...before, ...underWay]));
  const dropped = moves.filter(({ dragging }) => dragging !== true);
  if (dropped.length === 0) return;
  const positions = new Map(
    dropped.flatMap(({ id, position }) => (position ? [[id, [position.x, position.y] as const] as const] : [])),
  );
  if (positions.size > 0) edit({ type: 'move', positions });
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
