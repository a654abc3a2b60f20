import type { Fields } from '../layers/fields.ts';

/** Names a layer for good, while its name may change. Readable, since it stands in the saved file: "conv1". */
export type LayerId = string;

export interface Layer {
  readonly id: LayerId;
  /** A kind of the registry, or one that this version does not know and keeps as it is. */
  readonly kind: string;
  /** What the user calls it; its tensors are named after it. */
  readonly name: string;
  readonly fields: Fields;
  /** Top left corner on the canvas in pixels; none before a layout was made. */
  readonly position?: readonly [x: number, y: number];
}

export interface Edge {
  readonly from: LayerId;
  readonly to: LayerId;
}

/** A directed graph of layers. */
interface LayerGraph {
  readonly layers: ReadonlyMap<LayerId, Layer>;
  readonly edges: readonly Edge[];
}

/**
 * A drawn network as data, never mutated. The order of `edges` into a layer is the order of its inputs; the order of
 * `layers` is that in which they were made.
 */
export interface Network extends LayerGraph {
  /** The user's own blocks by name: groups of layers that a layer of kind Block stands for. None: left out. */
  readonly blocks?: ReadonlyMap<string, Block>;
  /** What people wrote on the canvas. None: left out. */
  readonly notes?: ReadonlyMap<NoteId, Note>;
}

export type NoteId = string;

/** Text on the canvas. It belongs to no layer and changes nothing. */
export interface Note {
  readonly id: NoteId;
  readonly text: string;
  /** Top left corner on the canvas in pixels. */
  readonly position: readonly [x: number, y: number];
}

/**
 * A group of layers with one input and one output. Edges from `BLOCK_INPUT` come from whatever feeds the block; the
 * output is the one layer that feeds no other.
 */
export type Block = LayerGraph;

/** Stands for whatever feeds a block, as the source of its edges. */
export const BLOCK_INPUT: LayerId = '';

export const EMPTY_NETWORK: Network = { layers: new Map(), edges: [] };

/** For each layer, the layers that feed it, in input order. */
export function inputsOf(network: Network): ReadonlyMap<LayerId, readonly LayerId[]> {
  const inputs = new Map<LayerId, LayerId[]>();
  for (const id of network.layers.keys()) inputs.set(id, []);
  for (const { from, to } of network.edges) inputs.get(to)?.push(from);
  return inputs;
}

/** For each layer, the layers it feeds. */
export function consumersOf(network: Network): ReadonlyMap<LayerId, readonly LayerId[]> {
  const consumers = new Map<LayerId, LayerId[]>();
  for (const id of network.layers.keys()) consumers.set(id, []);
  for (const { from, to } of network.edges) consumers.get(from)?.push(to);
  return consumers;
}

/** The layers that feed no other, in the order in which they were made. */
export function looseEnds({ layers, edges }: LayerGraph): readonly LayerId[] {
  const feeding = new Set(edges.map(({ from }) => from));
  return [...layers.keys()].filter((id) => !feeding.has(id));
}
