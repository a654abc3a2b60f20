import { BLOCK } from '../layers/block.ts';
import { expansionFault } from './limits.ts';
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

/** How many layers feed each layer; layers that nothing feeds are left out. */
function feedingCounts({ edges }: Network): ReadonlyMap<LayerId, number> {
  const counts = new Map<LayerId, number>();
  for (const { to } of edges) counts.set(to, (counts.get(to) ?? 0) + 1);
  return counts;
}

/** The blocks that something feeds, by the layers that stand for them. */
function fedBlocks(network: Network, feeding: ReadonlyMap<LayerId, number>): ReadonlyMap<LayerId, Block> {
  const blocks = new Map<LayerId, Block>();
  if (network.blocks === undefined) return blocks;
  for (const layer of network.layers.values()) {
    const block = blockOf(layer, network);
    if (block !== undefined && feeding.has(layer.id)) blocks.set(layer.id, block);
  }
  return blocks;
}

/** Layers and edges that the network has with every block replaced by its layers; counted, not made. */
export function expandedSize(network: Network): { readonly layers: number; readonly edges: number } {
  const feeding = feedingCounts(network);
  let [layers, edges] = [network.layers.size, network.edges.length];
  for (const [id, block] of fedBlocks(network, feeding)) {
    const fed = feeding.get(id) ?? 0;
    const fromOutside = block.edges.filter(({ from }) => from === BLOCK_INPUT).length;
    layers += block.layers.size - 1;
    edges += block.edges.length - fromOutside + fromOutside * fed - fed;
  }
  return { layers, edges };
}

/**
 * The blocks that are replaced by their layers: those that something feeds; until then a block is one layer that is not
 * connected. None where all of them together would be more than is computed.
 */
export function expandable(network: Network): ReadonlyMap<LayerId, Block> {
  if (network.blocks === undefined || expansionFault(expandedSize(network)) !== undefined) return new Map();
  return fedBlocks(network, feedingCounts(network));
}

/** The network with every block replaced by its layers; itself where it has none, or where they are too many. */
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
  const feeding = new Map<LayerId, LayerId[]>();
  const outside: Edge[] = [];
  for (const { from, to } of network.edges) {
    if (!blocks.has(to)) {
      outside.push({ from: source(from), to });
      continue;
    }
    const sources = feeding.get(to) ?? [];
    sources.push(source(from));
    feeding.set(to, sources);
  }
  const inside = [...blocks].flatMap(([id, block]) => edgesIn(id, block, feeding.get(id) ?? []));
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
