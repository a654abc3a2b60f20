import type { Edge as FlowEdge, Node as FlowNode } from '@xyflow/react';
import { layerDefinition } from '#core/layers/index.ts';
import type { Edge, Layer, LayerId, Network } from '#core/network/network.ts';

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

/**
 * React Flow's nodes and edges, computed from the network. An object stays the same as long as nothing about it
 * changed, so that typing in one layer's settings leaves all nodes alone.
 */
export class FlowElements {
  #nodes = new Map<LayerId, KeyedNode>();
  #edges = new Map<string, VolumeFlowEdge>();

  nodes(
    network: Network,
    selection: ReadonlySet<LayerId>,
    dragged: ReadonlyMap<LayerId, readonly [number, number]>,
    measured: ReadonlyMap<LayerId, Measured>,
    troubled: ReadonlySet<LayerId>,
  ): LayerFlowNode[] {
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
    return [...next.values()].map(({ node }) => node);
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
    return [...next.values()];
  }
}
