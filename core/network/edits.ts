import { BLOCK } from '../layers/block.ts';
import { defaultsOf, type FieldSpecs, type Fields } from '../layers/fields.ts';
import { layerDefinition } from '../layers/index.ts';
import { makeBlock, mergeBlocks, removeBlock, takeApart } from './blocks.ts';
import { FreshNames, freshName } from './names.ts';
import { type Edge, inputsOf, type Layer, type LayerId, type Network, type Note, type NoteId } from './network.ts';
import { putNote, removeNotes } from './notes.ts';
import { insertOnEdge, replaceLayer } from './rewire.ts';

/** Every change a user can make to a network, as data; `applyEdit` is the one way to make it. */
export type Edit =
  | {
      readonly type: 'add';
      readonly kind: string;
      readonly id: LayerId;
      readonly position?: readonly [number, number];
      readonly after?: readonly LayerId[];
      /** Other values than the defaults. */
      readonly fields?: Fields;
    }
  /** Saves layers as a block under a name, with one in their place; under another name where a block has that one. */
  | {
      readonly type: 'make-block';
      readonly layers: readonly LayerId[];
      readonly name: string;
      /** A block of that name becomes this one, wherever it is placed. */
      readonly replace?: boolean;
    }
  | { readonly type: 'take-apart'; readonly layer: LayerId }
  | { readonly type: 'remove-block'; readonly name: string }
  | { readonly type: 'remove'; readonly layers: readonly LayerId[]; readonly edges?: readonly Edge[] }
  | { readonly type: 'connect'; readonly from: LayerId; readonly to: LayerId }
  | { readonly type: 'set-fields'; readonly layer: LayerId; readonly fields: Fields }
  | { readonly type: 'rename'; readonly layer: LayerId; readonly name: string }
  | { readonly type: 'move'; readonly positions: ReadonlyMap<LayerId, readonly [number, number]> }
  | { readonly type: 'insert-before'; readonly layer: LayerId; readonly kind: string }
  | { readonly type: 'insert-after'; readonly layer: LayerId; readonly kind: string }
  /** Puts a layer that is there into a connection. */
  | { readonly type: 'insert-on-edge'; readonly edge: Edge; readonly layer: LayerId }
  /** Makes a layer one of another kind, with its connections. */
  | { readonly type: 'replace'; readonly layer: LayerId; readonly kind: string }
  | { readonly type: 'put-note'; readonly note: Note }
  | { readonly type: 'remove-notes'; readonly notes: readonly NoteId[] }
  | { readonly type: 'paste'; readonly clip: Network; readonly offset: readonly [number, number] };

/** A kind's fields with their defaults; each call answers values of its own. */
export function defaultFields(kind: string): Fields {
  return defaultsOf<FieldSpecs>(layerDefinition(kind)?.fields ?? {});
}

/** The id and name that the next layer of this kind would get. */
export function nextId(network: Network, kind: string): LayerId {
  return freshName(network, ...stemOf(kind));
}

function stemOf(kind: string): readonly [stem: string, bare: boolean] {
  return [layerDefinition(kind)?.stem ?? 'layer', kind === 'Input'];
}

/** The network after an edit. Edits that name layers which are not there change nothing. */
export function applyEdit(network: Network, edit: Edit): Network {
  switch (edit.type) {
    case 'add':
      return addLayer(network, edit.kind, edit.id, edit.position, edit.after ?? [], edit.fields);
    case 'make-block':
      return makeBlock(network, new Set(edit.layers), edit.name, edit.replace);
    case 'take-apart':
      return takeApart(network, edit.layer);
    case 'remove-block':
      return removeBlock(network, edit.name);
    case 'remove':
      return remove(network, new Set(edit.layers), edit.edges ?? []);
    case 'connect':
      return connect(network, edit.from, edit.to);
    case 'set-fields':
      return update(network, edit.layer, (layer) => ({ ...layer, fields: { ...layer.fields, ...edit.fields } }));
    case 'rename':
      return update(network, edit.layer, (layer) => ({ ...layer, name: edit.name }));
    case 'move':
      return move(network, edit.positions);
    case 'insert-before':
      return insertBefore(network, edit.layer, edit.kind);
    case 'insert-after':
      return insertAfter(network, edit.layer, edit.kind);
    case 'insert-on-edge':
      return insertOnEdge(network, edit.edge, edit.layer);
    case 'replace':
      return replaceLayer(network, edit.layer, edit.kind);
    case 'put-note':
      return putNote(network, edit.note);
    case 'remove-notes':
      return removeNotes(network, edit.notes);
    case 'paste':
      return paste(network, edit.clip, edit.offset);
    default:
      return edit satisfies never;
  }
}

function update(network: Network, id: LayerId, change: (layer: Layer) => Layer): Network {
  const layer = network.layers.get(id);
  if (layer === undefined) return network;
  return { ...network, layers: new Map(network.layers).set(id, change(layer)) };
}

function addLayer(
  network: Network,
  kind: string,
  id: LayerId,
  position: readonly [number, number] | undefined,
  after: readonly LayerId[],
  fields: Fields = {},
): Network {
  if (network.layers.has(id)) return network;
  const all = { ...defaultFields(kind), ...fields };
  const layer: Layer = { id, kind, name: id, fields: all, ...(position && { position }) };
  const most = layerDefinition(kind)?.arity.max ?? 1;
  const feeding = after.filter((from) => network.layers.has(from)).slice(0, most);
  return {
    ...network,
    layers: new Map(network.layers).set(id, layer),
    edges: [...network.edges, ...feeding.map((from) => ({ from, to: id }))],
  };
}

function remove(network: Network, layers: ReadonlySet<LayerId>, edges: readonly Edge[]): Network {
  const kept = new Map(network.layers);
  for (const id of layers) kept.delete(id);
  const cut = (edge: Edge) => edges.some(({ from, to }) => from === edge.from && to === edge.to);
  return {
    ...network,
    layers: kept,
    edges: network.edges.filter((edge) => kept.has(edge.from) && kept.has(edge.to) && !cut(edge)),
  };
}

/** Connects two layers; where the second takes one input only, the new one takes the old one's place. */
function connect(network: Network, from: LayerId, to: LayerId): Network {
  const [source, target] = [network.layers.get(from), network.layers.get(to)];
  if (source === undefined || target === undefined || from === to) return network;
  if (network.edges.some((edge) => edge.from === from && edge.to === to)) return network;
  const single = layerDefinition(target.kind)?.arity.max === 1;
  const others = single ? network.edges.filter((edge) => edge.to !== to) : network.edges;
  return { ...network, edges: [...others, { from, to }] };
}

function move(network: Network, positions: ReadonlyMap<LayerId, readonly [number, number]>): Network {
  const layers = new Map(network.layers);
  for (const [id, position] of positions) {
    const layer = layers.get(id);
    if (layer !== undefined) layers.set(id, { ...layer, position });
  }
  return { ...network, layers };
}

/** Puts a new layer between a layer and all that feeds it, half-way on the canvas. */
function insertBefore(network: Network, id: LayerId, kind: string): Network {
  const target = network.layers.get(id);
  if (target === undefined) return network;
  const fresh = nextId(network, kind);
  const feeding = inputsOf(network).get(id) ?? [];
  const source = network.layers.get(feeding[0] ?? '')?.position;
  const position = between(target.position, source);
  const placed = addLayer(network, kind, fresh, position, []);
  return {
    ...network,
    layers: placed.layers,
    edges: [
      ...network.edges.map((edge) => (edge.to === id ? { from: edge.from, to: fresh } : edge)),
      { from: fresh, to: id },
    ],
  };
}

/** Puts a new layer between a layer and all that it feeds, half-way on the canvas. */
function insertAfter(network: Network, id: LayerId, kind: string): Network {
  const source = network.layers.get(id);
  if (source === undefined) return network;
  const fresh = nextId(network, kind);
  const fed = network.edges.find((edge) => edge.from === id)?.to;
  const position =
    fed === undefined ? behind(source.position) : between(source.position, network.layers.get(fed)?.position);
  const placed = addLayer(network, kind, fresh, position, []);
  return {
    ...network,
    layers: placed.layers,
    edges: [
      ...network.edges.map((edge) => (edge.from === id ? { from: fresh, to: edge.to } : edge)),
      { from: id, to: fresh },
    ],
  };
}

type Position = readonly [number, number];

/** Pixels from a node to the one behind it. */
const STEP_RIGHT = 260;

/** To the right of a place, beside a node that stands there. */
function behind(at: Position | undefined): Position | undefined {
  return at && [at[0] + STEP_RIGHT, at[1]];
}

/** Half-way between two places; where one is not known, the first. */
function between(at: Position | undefined, other: Position | undefined): Position | undefined {
  if (at === undefined || other === undefined) return at;
  return [(at[0] + other[0]) / 2, (at[1] + other[1]) / 2];
}

/** Adds copies of a clip's layers under new names, with the connections among them. */
function paste(network: Network, clip: Network, [dx, dy]: readonly [number, number]): Network {
  const { network: merged, names } = mergeBlocks(network, clip);
  const layers = new Map(merged.layers);
  const fresh = new FreshNames(merged);
  const renamed = new Map<LayerId, LayerId>();
  for (const layer of clip.layers.values()) {
    const id = fresh.next(...stemOf(layer.kind));
    renamed.set(layer.id, id);
    const position = layer.position && ([layer.position[0] + dx, layer.position[1] + dy] as const);
    const block = layer.kind === BLOCK ? { block: names.get(String(layer.fields['block'])) ?? '' } : {};
    const fields = { ...layer.fields, ...block };
    const copy: Layer = { ...layer, id, name: id, fields, ...(position && { position }) };
    layers.set(id, copy);
  }
  const edges = clip.edges.flatMap(({ from, to }) => {
    const [a, b] = [renamed.get(from), renamed.get(to)];
    return a === undefined || b === undefined ? [] : [{ from: a, to: b }];
  });
  return { ...merged, layers, edges: [...merged.edges, ...edges] };
}

/** The part of a network made of these layers, for the clipboard. */
export function clipOf(network: Network, layers: ReadonlySet<LayerId>): Network {
  const kept = new Map([...network.layers].filter(([id]) => layers.has(id)));
  const used = new Set([...kept.values()].flatMap(({ kind, fields }) => (kind === BLOCK ? [fields['block']] : [])));
  const blocks = new Map([...(network.blocks ?? [])].filter(([name]) => used.has(name)));
  return {
    layers: kept,
    edges: network.edges.filter(({ from, to }) => layers.has(from) && layers.has(to)),
    ...(blocks.size > 0 && { blocks }),
  };
}
