import { blockOf, innerId } from '#core/network/expand.ts';
import type { Edge, Layer, LayerId, Network } from '#core/network/network.ts';
import type { Box } from './box.ts';
import { boxOf, middleOf, shownFrame, type Wire } from './frames.ts';
import { Lanes } from './lanes.ts';

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
  readonly lane: number | undefined;
}

/** All connections that are drawn in frames, those from and to their sides too. */
export function innerEdges(network: Network): readonly InnerEdge[] {
  if (network.blocks === undefined) return [];
  return [...network.layers.values()].flatMap((block) => {
    const frame = shownFrame(network, block);
    if (frame === undefined) return [];
    const feeding = network.edges.find(({ to }) => to === block.id)?.from;
    return frame.wires.map((wire) => innerEdge(block.id, feeding, wire));
  });
}

function innerEdge(block: LayerId, feeding: LayerId | undefined, { from, to, lane }: Wire): InnerEdge {
  const source = from === undefined ? block : innerId(block, from);
  const target = to === undefined ? block : innerId(block, to);
  return {
    id: JSON.stringify([source, target, INSIDE]),
    source,
    target,
    sourceHandle: from === undefined ? INSIDE : null,
    targetHandle: to === undefined ? INSIDE : null,
    carries: from === undefined ? (feeding ?? '') : source,
    lane,
  };
}

/** Lies within a frame by as much as connections keep clear of it, so that they can leave and arrive. */
const INSET = 7;

/** Answers the lanes of connections that would run back behind a frame. */
export function lanesPastFrames(network: Network): (edge: Edge) => number | undefined {
  const frames = [...network.layers.values()].flatMap((layer): Box[] => {
    if (shownFrame(network, layer) === undefined) return [];
    const { left, width, ...box } = boxOf(network, layer);
    return [{ ...box, left: left + INSET, width: width - 2 * INSET }];
  });
  if (frames.length === 0) return () => undefined;
  const lanes = new Lanes(frames);
  return ({ from, to }) => {
    const [source, target] = [network.layers.get(from), network.layers.get(to)];
    if (source === undefined || target === undefined) return undefined;
    const [start, end] = [boxOf(network, source), boxOf(network, target)];
    if (end.left > start.left + start.width) return undefined;
    return lanes.find([start.left + start.width, middleOf(start)], [end.left, middleOf(end)]);
  };
}
