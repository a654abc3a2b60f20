import { type FieldSpecs, type Fields, fieldSchema } from '../layers/fields.ts';
import { layerDefinition } from '../layers/index.ts';
import { freshName } from './names.ts';
import type { Edge, LayerId, Network } from './network.ts';

/** Puts a layer that is there into a connection: what fed the one behind it feeds this one, which feeds that. */
export function insertOnEdge(network: Network, { from, to }: Edge, id: LayerId): Network {
  const layer = network.layers.get(id);
  const at = network.edges.findIndex((edge) => edge.from === from && edge.to === to);
  if (layer === undefined || at === -1 || id === from || id === to) return network;
  if (layerDefinition(layer.kind)?.arity.max === 0) return network;
  const known = (edge: Edge) => network.edges.some((other) => other.from === edge.from && other.to === edge.to);
  // In the place of the old connection: the order of edges into a layer is that of its inputs.
  const edges = network.edges.flatMap((edge, i): Edge[] => {
    if (i !== at) return [edge];
    return [
      { from, to: id },
      { from: id, to },
    ].filter((fresh) => !known(fresh));
  });
  return { ...network, edges };
}

/**
 * Makes a layer one of another kind, with its connections; it keeps the values of fields that both kinds have. It keeps
 * its name too, unless that was the one it got by itself.
 */
export function replaceLayer(network: Network, id: LayerId, kind: string): Network {
  const layer = network.layers.get(id);
  const definition = layerDefinition(kind);
  if (layer === undefined || definition === undefined || layer.kind === kind) return network;
  const stem = layerDefinition(layer.kind)?.stem ?? '';
  const given = layer.name.startsWith(stem) && /^\d*$/.test(layer.name.slice(stem.length));
  const name = given ? freshName(network, definition.stem, kind === 'Input') : layer.name;
  const fields = fieldsFrom(definition.fields, layer.fields);
  let inputs = 0;
  const edges = network.edges.filter((edge) => {
    if (edge.to !== id) return true;
    inputs += 1;
    return inputs <= definition.arity.max;
  });
  return { ...network, layers: new Map(network.layers).set(id, { ...layer, kind, name, fields }), edges };
}

/** A kind's fields: those of another one where they are valid here too, the defaults for the rest. */
function fieldsFrom(specs: FieldSpecs, other: Fields): Fields {
  return Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => {
      const value = other[name];
      return [name, value !== undefined && fieldSchema(spec).safeParse(value).success ? value : spec.default];
    }),
  );
}
