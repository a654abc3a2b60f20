/** Edits in whatever order, for tests that hold for every network that can be drawn. */
import fc from 'fast-check';
import { LAYERS } from '#core/layers/index.ts';
import { applyEdit, clipOf, type Edit, nextId } from '#core/network/edits.ts';
import type { Layer, Network } from '#core/network/network.ts';
import { chain, conv, input } from './networks.ts';

/** What the edits begin with. */
export const startNetwork = (): Network =>
  chain(input(3, 16), conv(4, 3, 1, 1), ['ReLU'], ['MaxPooling2D'], conv(8, 3), ['Flatten'], ['Dense'], ['Softmax']);

const any = fc.nat({ max: 30 });
const kind = fc.constantFrom(...LAYERS.map((layer) => layer.kind));

/** Makes an edit from numbers: the layers it speaks of are those the network has at that time. */
const step = fc.oneof(
  fc.record({ type: fc.constant('add' as const), kind, at: any }),
  fc.record({ type: fc.constant('remove' as const), at: any }),
  fc.record({ type: fc.constant('connect' as const), at: any, to: any }),
  fc.record({ type: fc.constant('cut' as const), at: any }),
  fc.record({ type: fc.constant('into' as const), at: any, edge: any }),
  fc.record({ type: fc.constant('replace' as const), at: any, kind }),
  fc.record({ type: fc.constant('filters' as const), at: any, value: fc.integer({ min: 1, max: 9 }) }),
  fc.record({ type: fc.constant('rename' as const), at: any, name: fc.constantFrom('conv1', 'a', 'b') }),
  fc.record({ type: fc.constant('insert' as const), at: any, kind }),
  fc.record({ type: fc.constant('behind' as const), at: any, kind }),
  fc.record({
    type: fc.constant('block' as const),
    at: any,
    count: fc.nat({ max: 5 }),
    name: fc.constantFrom('a', 'b'),
  }),
  fc.record({ type: fc.constant('place' as const), at: any, name: fc.constantFrom('a', 'b') }),
  fc.record({ type: fc.constant('apart' as const), at: any }),
  fc.record({ type: fc.constant('forget' as const), at: any, name: fc.constantFrom('a', 'b') }),
  fc.record({ type: fc.constant('paste' as const), at: any, count: fc.nat({ max: 5 }) }),
);

type Made = typeof step extends fc.Arbitrary<infer T> ? T : never;

function toEdit(network: Network, made: Made): Edit | undefined {
  const layers = [...network.layers.values()];
  const layer = layers[made.at % Math.max(1, layers.length)] as Layer | undefined;
  if (made.type === 'add') {
    const after = layer === undefined ? [] : [layer.id];
    return { type: 'add', kind: made.kind, id: nextId(network, made.kind), after };
  }
  if (layer === undefined) return undefined;
  switch (made.type) {
    case 'remove':
      return { type: 'remove', layers: [layer.id] };
    case 'connect':
      return { type: 'connect', from: layer.id, to: (layers[made.to % layers.length] as Layer).id };
    case 'cut': {
      const edge = network.edges[made.at % Math.max(1, network.edges.length)];
      return { type: 'remove', layers: [], edges: edge === undefined ? [] : [edge] };
    }
    case 'into': {
      const edge = network.edges[made.edge % Math.max(1, network.edges.length)];
      return edge && { type: 'insert-on-edge', edge, layer: layer.id };
    }
    case 'replace':
      return { type: 'replace', layer: layer.id, kind: made.kind };
    case 'filters':
      return layer.kind === 'Conv2D'
        ? { type: 'set-fields', layer: layer.id, fields: { filters: made.value, kernelSize: made.value } }
        : undefined;
    case 'rename':
      return { type: 'rename', layer: layer.id, name: made.name };
    case 'insert':
      return { type: 'insert-before', layer: layer.id, kind: made.kind };
    case 'behind':
      return { type: 'insert-after', layer: layer.id, kind: made.kind };
    case 'block': {
      const from = made.at % layers.length;
      return { type: 'make-block', layers: layers.slice(from, from + made.count).map(({ id }) => id), name: made.name };
    }
    case 'place': {
      const id = nextId(network, 'Block');
      return { type: 'add', kind: 'Block', id, after: [layer.id], fields: { block: made.name } };
    }
    case 'apart':
      return { type: 'take-apart', layer: layer.id };
    case 'forget':
      return { type: 'remove-block', name: made.name };
    case 'paste': {
      const from = made.at % layers.length;
      const clip = clipOf(network, new Set(layers.slice(from, from + made.count).map(({ id }) => id)));
      return { type: 'paste', clip, offset: [10, 10] };
    }
    default:
      return made satisfies never;
  }
}

/** Up to 25 edits to come, of which some may change nothing. */
export const randomSteps = fc.array(step, { minLength: 1, maxLength: 25 });
export type RandomSteps = readonly Made[];

/** @param each is called with the network after every edit */
export function editedBy(steps: RandomSteps, each: (network: Network) => void = () => undefined): Network {
  let network = startNetwork();
  for (const made of steps) {
    const edit = toEdit(network, made);
    if (edit !== undefined) network = applyEdit(network, edit);
    each(network);
  }
  return network;
}
