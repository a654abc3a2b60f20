import { blockOf, innerId } from '#core/network/expand.ts';
import type { Layer, LayerId, Network } from '#core/network/network.ts';
import { type Frame, shownFrame, type Wire } from './frames.ts';

/** The handles inside a frame: what flows in comes from its left side, what flows out goes to its right one. */
export const INSIDE = 'inside';

/** A layer of an expanded block, as a node in the block's frame. */
export interface InnerNode {
  readonly id: LayerId;
  readonly layer: Layer;
  readonly block: Layer;
  /** Top left corner, from the frame's own. */
  readonly x: number;
  readonly y: number;
}

/** The layers that are drawn in the frame of a block; none for collapsed blocks and all other layers. */
export function innerNodes(network: Network, block: Layer): readonly InnerNode[] {
  const frame = shownFrame(network, block);
  if (frame === undefined) return [];
  return [...(blockOf(block, network)?.layers.values() ?? [])].map((layer) => {
    const [x, y] = frame.places.get(layer.id) ?? [0, 0];
    return { id: innerId(block.id, layer.id), layer, block, x, y };
  });
}

/** A connection in an expanded block. */
export interface InnerEdge {
  readonly id: string;
  readonly source: LayerId;
  readonly target: LayerId;
  readonly sourceHandle: string | null;
  readonly targetHandle: string | null;
  /** The layer whose output flows along it. */
  readonly carries: LayerId;
  readonly block: LayerId;
  readonly frame: Frame;
  readonly wire: Wire;
}

/** All connections that are drawn in frames, those from and to their sides too. */
export function innerEdges(network: Network): readonly InnerEdge[] {
  if (network.blocks === undefined) return [];
  return [...network.layers.values()].flatMap((block) => {
    const frame = shownFrame(network, block);
    if (frame === undefined) return [];
    const feeding = network.edges.find(({ to }) => to === block.id)?.from;
    return frame.wires.map((wire) => innerEdge(block.id, feeding, frame, wire));
  });
}

function innerEdge(block: LayerId, feeding: LayerId | undefined, frame: Frame, wire: Wire): InnerEdge {
  const { from, to } = wire;
  const source = from === undefined ? block : innerId(block, from);
  const target = to === undefined ? block : innerId(block, to);
  return {
    id: JSON.stringify([source, target, INSIDE]),
    source,
    target,
    sourceHandle: from === undefined ? INSIDE : null,
    targetHandle: to === undefined ? INSIDE : null,
    carries: from === undefined ? (feeding ?? '') : source,
    block,
    frame,
    wire,
  };
}
