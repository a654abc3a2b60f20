import { BLOCK } from '../layers/block.ts';
import { BLOCK_INPUT, type Block, type Edge, type Layer, type LayerId, looseEnds, type Network } from './network.ts';

/** Between a block's id or name and that of a layer in it. Neither may hold it. */
const SEPARATOR = '/';

/** The id of a layer of a block in the expanded network. */
export function innerId(instance: LayerId, layer: LayerId): LayerId {
  return `${instance}${SEPARATOR}${layer}`;
}

/** The layer on the canvas that a layer of the expanded network belongs to: itself, or the block it is in. */
export function canvasLayer(id: LayerId): LayerId {
  const at = id.indexOf(SEPARATOR);
  return at === -1 ? id : id.slice(0, at);
}

/** The block that a layer stands for; undefined for other layers, and where the design has no such block. */
export function blockOf({ kind, fields }: Layer, network: Network): Block | undefined {
  const { block } = fields;
  return kind === BLOCK && typeof block === 'string' ? network.blocks?.get(block) : undefined;
}

/** A layer on the canvas, or one of a block there by its id in the expanded network: with the block's own name for it. */
export function layerAt(network: Network, id: LayerId): Layer | undefined {
  const canvas = canvasLayer(id);
  const layer = network.layers.get(canvas);
  if (layer === undefined || canvas === id) return layer;
  return blockOf(layer, network)?.layers.get(id.slice(canvas.length + SEPARATOR.length));
}

/** The one layer of a block that feeds no other in it. */
export function outputOf(block: Block): LayerId | undefined {
  return looseEnds(block)[0];
}

/** Layers of blocks in their places, made once: reports are remembered by layer. */
const placed = new WeakMap<Layer, { readonly block: Block; readonly layers: readonly Layer[] }>();

function layersIn(instance: Layer, block: Block): readonly Layer[] {
  const known = placed.get(instance);
  if (known?.block === block) return known.layers;
  const layers = [...block.layers.values()].map(({ position: _, ...layer }) => ({
    ...layer,
    id: innerId(instance.id, layer.id),
    name: `${instance.name}${SEPARATOR}${layer.name}`,
  }));
  placed.set(instance, { block, layers });
  return layers;
}

/** The blocks that something feeds: until then a block is one layer that is not connected. */
export function expandable(network: Network): ReadonlyMap<LayerId, Block> {
  const blocks = new Map<LayerId, Block>();
  if (network.blocks === undefined) return blocks;
  for (const layer of network.layers.values()) {
    const block = blockOf(layer, network);
    if (block !== undefined && network.edges.some(({ to }) => to === layer.id)) blocks.set(layer.id, block);
  }
  return blocks;
}

/** The network with every block replaced by its layers; itself where it has none. */
export function expand(network: Network): Network {
  const blocks = expandable(network);
  if (blocks.size === 0) return network;
  const layers = [...network.layers.values()].flatMap((layer) => {
    const block = blocks.get(layer.id);
    return block === undefined ? [layer] : layersIn(layer, block);
  });
  const source = (from: LayerId): LayerId => {
    const block = blocks.get(from);
    return block === undefined ? from : innerId(from, outputOf(block) ?? '');
  };
  const outside = network.edges.flatMap(({ from, to }) => (blocks.has(to) ? [] : [{ from: source(from), to }]));
  const inside = [...blocks].flatMap(([id, block]) => {
    const feeding = network.edges.filter(({ to }) => to === id).map(({ from }) => source(from));
    return edgesIn(id, block, feeding);
  });
  return { layers: new Map(layers.map((layer) => [layer.id, layer])), edges: [...outside, ...inside] };
}

/** @param feeding what feeds the block; more than one is a problem that its first layers then have */
function edgesIn(instance: LayerId, block: Block, feeding: readonly LayerId[]): readonly Edge[] {
  return block.edges.flatMap(({ from, to }) => {
    const target = innerId(instance, to);
    if (from === BLOCK_INPUT) return feeding.map((outside) => ({ from: outside, to: target }));
    return [{ from: innerId(instance, from), to: target }];
  });
}
