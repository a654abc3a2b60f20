import type { Edge as FlowEdge, Node as FlowNode } from '@xyflow/react';
import { layerDefinition } from '#core/layers/index.ts';
import type { Edge, Layer, LayerId, Network } from '#core/network/network.ts';
import type { NetworkReport } from '#core/network/propagate.ts';

export type LayerFlowNode = FlowNode<Record<string, never>, 'layer'>;
export type VolumeFlowEdge = FlowEdge<Record<string, never>, 'volume'>;

/** Size of a node as the browser laid it out. */
export interface Measured {
  readonly width: number;
  readonly height: number;
}

/** What a node is called for assistive technology: "CONV conv1". */
export function nodeLabel(layer: Layer): string {
  return `${layerDefinition(layer.kind)?.label ?? layer.kind} ${layer.name}`;
}

export function edgeId({ from, to }: Edge): string {
  return JSON.stringify([from, to]);
}

const NO_DATA: Record<string, never> = {};

/** A node and all that its picture depends on. */
interface KeyedNode {
  readonly key: string;
  readonly node: LayerFlowNode;
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
  #edges = new Map<string, VolumeFlowEdge>();
  #allNodes: LayerFlowNode[] = [];
  #allEdges: VolumeFlowEdge[] = [];

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
      const size = measured.get(id);
      const selected = selection.has(id);
      const label = nodeLabel(layer);
      // A problem is told below its layer, over whatever lies there.
      const zIndex = troubled.has(id) ? 1000 : 0;
      const key = `${x} ${y} ${size?.width} ${size?.height} ${selected} ${zIndex} ${label}`;
      const known = this.#nodes.get(id);
      next.set(
        id,
        known?.key === key
          ? known
          : {
              key,
              node: {
                id,
                type: 'layer',
                position: { x, y },
                data: NO_DATA,
                selected,
                zIndex,
                ariaLabel: label,
                ...(size && { measured: { ...size } }),
              },
            },
      );
    }
    this.#nodes = next;
    this.#allNodes = unlessSame(
      this.#allNodes,
      [...next.values()].map(({ node }) => node),
    );
    return this.#allNodes;
  }

  edges(network: Network, selected: ReadonlySet<string>): VolumeFlowEdge[] {
    const next = new Map<string, VolumeFlowEdge>();
    for (const edge of network.edges) {
      const id = edgeId(edge);
      const known = this.#edges.get(id);
      const isSelected = selected.has(id);
      next.set(
        id,
        known !== undefined && known.selected === isSelected
          ? known
          : {
              id,
              type: 'volume',
              source: edge.from,
              target: edge.to,
              data: NO_DATA,
              selected: isSelected,
              ariaLabel: `from ${edge.from} to ${edge.to}`,
            },
      );
    }
    this.#edges = next;
    this.#allEdges = unlessSame(this.#allEdges, [...next.values()]);
    return this.#allEdges;
  }
}
