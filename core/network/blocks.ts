import { BLOCK, block as definition } from '../layers/block.ts';
import { defaultsOf } from '../layers/fields.ts';
import { outputOf } from './expand.ts';
import { FreshNames, freshName } from './names.ts';
import { BLOCK_INPUT, type Block, type Edge, type Layer, type LayerId, looseEnds, type Network } from './network.ts';

/** What a group of layers becomes as a block. */
interface Group {
  readonly block: Block;
  /** The layer outside that feeds it. */
  readonly source: LayerId;
  /** The layer in it that feeds others outside, or none. */
  readonly output: LayerId;
}

/** Reads a group of layers as a block. Answers why it cannot be one as a sentence. */
export function readGroup(network: Network, ids: ReadonlySet<LayerId>): Group | string {
  const layers = [...network.layers.values()].filter(({ id }) => ids.has(id));
  if (layers.length < 2) return 'A block needs at least two layers.';
  if (layers.some(({ kind }) => kind === 'Input')) return 'The INPUT cannot be in a block.';
  if (layers.some(({ kind }) => kind === BLOCK)) return 'A block cannot hold another; take that one apart first.';
  const inside = network.edges.filter(({ from, to }) => ids.has(from) && ids.has(to));
  const sources = new Set(network.edges.flatMap(({ from, to }) => (ids.has(to) && !ids.has(from) ? [from] : [])));
  const outputs = new Set(network.edges.flatMap(({ from, to }) => (ids.has(from) && !ids.has(to) ? [from] : [])));
  if (sources.size !== 1) return `One layer has to feed a block; ${sources.size} feed these.`;
  const loose = looseEnds({ layers: new Map(layers.map((layer) => [layer.id, layer])), edges: inside });
  const [output] = loose;
  if (output === undefined || loose.length > 1) return `A block has one output; these have ${loose.length}.`;
  if ([...outputs].some((id) => id !== output)) return 'Only the last layer of a block may feed layers outside.';
  const [left, top] = placeOf(layers) ?? [0, 0];
  const moved = layers.map((layer): [LayerId, Layer] => {
    const { position } = layer;
    return [layer.id, position === undefined ? layer : { ...layer, position: [position[0] - left, position[1] - top] }];
  });
  // In the order of the network: the order of edges into a layer is that of its inputs.
  const edges = network.edges.flatMap(({ from, to }): Edge[] =>
    ids.has(to) ? [{ from: ids.has(from) ? from : BLOCK_INPUT, to }] : [],
  );
  return { block: { layers: new Map(moved), edges }, source: [...sources][0] as LayerId, output };
}

/** Where a group stands: at the place of its first layer that has one. */
function placeOf(layers: Iterable<Layer>): Layer['position'] {
  return [...layers].find(({ position }) => position !== undefined)?.position;
}

/**
 * Saves a group of layers as a block under a name and puts one in their place. Unchanged where it cannot be one.
 *
 * @param replace whether a block that has this name already becomes this one, wherever it is placed; otherwise that one
 *   stays what it is, and the new one gets a name of its own
 */
export function makeBlock(network: Network, ids: ReadonlySet<LayerId>, wanted: string, replace = false): Network {
  const group = readGroup(network, ids);
  if (typeof group === 'string') return network;
  const { block, source, output } = group;
  const name = replace ? wanted : freeBlockName(network, wanted);
  const id = freshName(network, 'block');
  const position = placeOf([...network.layers.values()].filter((layer) => ids.has(layer.id)));
  const fields = { ...defaultsOf(definition.fields), block: name };
  const instance: Layer = { id, kind: BLOCK, name: id, fields, ...(position && { position }) };
  const layers = new Map([...network.layers].filter(([layer]) => !ids.has(layer)));
  const outside = network.edges.flatMap(({ from, to }): Edge[] => {
    if (ids.has(to)) return [];
    return [{ from: from === output ? id : from, to }];
  });
  return {
    ...network,
    layers: layers.set(id, instance),
    edges: [...outside, { from: source, to: id }],
    blocks: new Map(network.blocks).set(name, block),
  };
}

/** The first of "name", "name 2", … that no block of the network has. */
export function freeBlockName({ blocks }: Network, name: string): string {
  let free = name;
  for (let number = 2; blocks?.has(free); number++) free = `${name} ${number}`;
  return free;
}

/** Puts a block's layers in its place, under fresh names. */
export function takeApart(network: Network, id: LayerId): Network {
  const instance = network.layers.get(id);
  const block = network.blocks?.get(String(instance?.fields['block']));
  if (instance === undefined || block === undefined) return network;
  const [left, top] = instance.position ?? [0, 0];
  const layers = new Map([...network.layers].filter(([layer]) => layer !== id));
  const names = new FreshNames({ layers });
  const renamed = new Map<LayerId, LayerId>();
  for (const layer of block.layers.values()) {
    const fresh = layers.has(layer.id) ? names.next(layer.id.replace(/\d+$/, '')) : names.take(layer.id);
    renamed.set(layer.id, fresh);
    const { position } = layer;
    const placed = {
      ...layer,
      id: fresh,
      name: fresh,
      ...(position && { position: [position[0] + left, position[1] + top] as const }),
    };
    layers.set(fresh, placed);
  }
  const output = renamed.get(outputOf(block) ?? '') as LayerId;
  const sources = network.edges.filter(({ to }) => to === id).map(({ from }) => from);
  const outside = network.edges.flatMap(({ from, to }): Edge[] =>
    to === id ? [] : [{ from: from === id ? output : from, to }],
  );
  const inside = block.edges.flatMap(({ from, to }): Edge[] => {
    const target = renamed.get(to) as LayerId;
    if (from === BLOCK_INPUT) return sources.map((source) => ({ from: source, to: target }));
    return [{ from: renamed.get(from) as LayerId, to: target }];
  });
  return { ...network, layers, edges: [...outside, ...inside] };
}

/** Forgets a block that no layer stands for. */
export function removeBlock(network: Network, name: string): Network {
  if (usesOf(network, name) > 0 || network.blocks === undefined) return network;
  const blocks = new Map([...network.blocks].filter(([other]) => other !== name));
  const { blocks: _, ...rest } = network;
  return blocks.size === 0 ? rest : { ...rest, blocks };
}

/** How many layers stand for a block. */
export function usesOf(network: Network, name: string): number {
  return [...network.layers.values()].filter(({ kind, fields }) => kind === BLOCK && fields['block'] === name).length;
}

/** Adds the blocks of a clip that is pasted; one that differs from a block of the same name gets a name of its own. */
export function mergeBlocks(
  network: Network,
  clip: Network,
): { readonly network: Network; readonly names: ReadonlyMap<string, string> } {
  const names = new Map<string, string>();
  const blocks = new Map(network.blocks);
  for (const [name, block] of clip.blocks ?? []) {
    let free = name;
    for (let number = 2; blocks.has(free) && !sameBlock(blocks.get(free), block); number++) free = `${name} ${number}`;
    names.set(name, free);
    blocks.set(free, block);
  }
  return { network: blocks.size === 0 ? network : { ...network, blocks }, names };
}

function sameBlock(a: Block | undefined, b: Block): boolean {
  const text = (block: Block | undefined) => JSON.stringify([[...(block?.layers.values() ?? [])], block?.edges]);
  return a === b || text(a) === text(b);
}
