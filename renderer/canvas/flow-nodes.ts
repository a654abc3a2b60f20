import type { Edge as FlowEdge, Node as FlowNode } from '@xyflow/react';
import { layerLabel } from '#core/layers/index.ts';
import type { Edge, LayerId, Network } from '#core/network/network.ts';
import type { NetworkReport } from '#core/network/propagate.ts';
import { type InnerEdge, type InnerNode, innerEdges, innerNodes } from './flow-blocks.ts';
import { shownFrame } from './frames.ts';

/** A layer, the frame of an expanded block, or a layer in one. */
export type LayerFlowNode = FlowNode<Record<string, never>, 'layer' | 'frame' | 'inner'>;
export type VolumeFlowEdge = FlowEdge<EdgeData, 'volume'>;

export type EdgeData = {
  /** The layer whose output flows along it; none: its source. */
  readonly carries?: LayerId;
};

/** Size of a node as the browser laid it out. */
export interface Measured {
  readonly width: number;
  readonly height: number;
}

export function edgeId({ from, to }: Edge): string {
  return JSON.stringify([from, to]);
}

const NO_DATA: Record<string, never> = {};
/** Above all others: of nodes with something to tell. */
const TOLD = 1000;

/** A node and all that its picture depends on. */
interface KeyedNode {
  readonly key: string;
  readonly node: LayerFlowNode;
}

interface KeyedEdge {
  readonly key: string;
  readonly edge: VolumeFlowEdge;
}

/** `before` where it holds the same objects in the same order, else `now`. */
function unlessSame<T>(before: T[], now: T[]): T[] {
  return before.length === now.length && before.every((one, i) => one === now[i]) ? before : now;
}

/**
 * React Flow's nodes and edges, computed from the network. An object, and the array of all of them, stays the same as
 * long as nothing about it changed: typing in a layer's settings gives React Flow nothing to do.
 */
export class FlowElements {
  #nodes = new Map<LayerId, KeyedNode>();
  #edges = new Map<string, KeyedEdge>();
  #allNodes: LayerFlowNode[] = [];
  #allEdges: VolumeFlowEdge[] = [];
  #edgesOf: { readonly network: Network; readonly selected: ReadonlySet<string> } | undefined;

  nodes(
    network: Network,
    report: NetworkReport,
    selection: ReadonlySet<LayerId>,
    dragged: ReadonlyMap<LayerId, readonly [number, number]>,
    measured: ReadonlyMap<LayerId, Measured>,
  ): LayerFlowNode[] {
    const troubled = new Set(report.problems.flatMap((problem) => problem.layer ?? []));
    const next = new Map<LayerId, KeyedNode>();
    for (const layer of network.layers.values()) {
      const { id } = layer;
      const [x, y] = dragged.get(id) ?? layer.position ?? [0, 0];
      const frame = shownFrame(network, layer);
      const size = frame ?? measured.get(id);
      const selected = selection.has(id);
      const label = layerLabel(layer);
      // A problem is told below its layer, over whatever lies there.
      const zIndex = troubled.has(id) ? TOLD : 0;
      const key = `${x} ${y} ${size?.width} ${size?.height} ${selected} ${zIndex} ${label}`;
      this.#keep(next, id, `${frame !== undefined} ${key}`, () => ({
        id,
        type: frame === undefined ? 'layer' : 'frame',
        position: { x, y: y - (frame?.above ?? 0) },
        data: NO_DATA,
        selected,
        zIndex,
        ariaLabel: label,
        ...(size && { measured: { width: size.width, height: size.height } }),
      }));
      for (const inner of innerNodes(network, layer)) this.#inner(next, inner, report, measured.get(inner.id));
    }
    this.#nodes = next;
    this.#allNodes = unlessSame(
      this.#allNodes,
      [...next.values()].map(({ node }) => node),
    );
    return this.#allNodes;
  }

  /** Takes a node as it was where its key is the same. */
  #keep(next: Map<LayerId, KeyedNode>, id: LayerId, key: string, make: () => LayerFlowNode): void {
    const known = this.#nodes.get(id);
    next.set(id, known?.key === key ? known : { key, node: make() });
  }

  /** A layer in a frame: there to be read. What the pointer does to it, it does to the frame. */
  #inner(
    next: Map<LayerId, KeyedNode>,
    { id, layer, block, x, y }: InnerNode,
    report: NetworkReport,
    size: Measured | undefined,
  ): void {
    const label = layerLabel({ kind: layer.kind, name: `${block.name}/${layer.name}` });
    const zIndex = (report.layers.get(id)?.problems.length ?? 0) > 0 ? TOLD : 0;
    this.#keep(next, id, `${x} ${y} ${size?.width} ${size?.height} ${zIndex} ${label}`, () => ({
      id,
      type: 'inner',
      parentId: block.id,
      position: { x, y },
      data: NO_DATA,
      draggable: false,
      selectable: false,
      connectable: false,
      deletable: false,
      focusable: false,
      zIndex,
      style: { pointerEvents: 'none' },
      ariaRole: 'group',
      ariaLabel: label,
      ...(size && { measured: { ...size } }),
    }));
  }

  edges(network: Network, selected: ReadonlySet<string>): VolumeFlowEdge[] {
    // While a layer is dragged, this is asked for with every frame.
    if (network === this.#edgesOf?.network && selected === this.#edgesOf.selected) return this.#allEdges;
    this.#edgesOf = { network, selected };
    const next = new Map<string, KeyedEdge>();
    const keep = (id: string, key: string, make: () => VolumeFlowEdge) => {
      const known = this.#edges.get(id);
      next.set(id, known?.key === key ? known : { key, edge: make() });
    };
    for (const edge of network.edges) {
      const id = edgeId(edge);
      const isSelected = selected.has(id);
      keep(id, String(isSelected), () => ({
        id,
        type: 'volume',
        source: edge.from,
        target: edge.to,
        data: NO_DATA,
        selected: isSelected,
        ariaLabel: `from ${edge.from} to ${edge.to}`,
      }));
    }
    for (const inner of innerEdges(network)) keep(inner.id, inner.carries, () => insideFrame(inner));
    this.#edges = next;
    this.#allEdges = unlessSame(
      this.#allEdges,
      [...next.values()].map(({ edge }) => edge),
    );
    return this.#allEdges;
  }
}

/** A connection in a frame: there to be read. */
function insideFrame({ id, source, target, sourceHandle, targetHandle, carries }: InnerEdge): VolumeFlowEdge {
  return {
    id,
    source,
    target,
    sourceHandle,
    targetHandle,
    type: 'volume',
    data: { carries },
    selectable: false,
    focusable: false,
    deletable: false,
    reconnectable: false,
    ariaLabel: `from ${source} to ${target}`,
  };
}
