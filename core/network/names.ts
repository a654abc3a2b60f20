import type { LayerId, Network } from './network.ts';

export const MAX_NAME_LENGTH = 64;

/** A layer's name or id: anything readable but "/" and ":", which separate the parts of names inside a graph. */
export const NAME_PATTERN = new RegExp(`^(?! )[^\\p{C}/:]{1,${MAX_NAME_LENGTH}}(?<! )$`, 'u');

/** What is wrong with a name for this layer; undefined where nothing is. */
export function nameFault(network: Network, layer: LayerId, name: string): string | undefined {
  if (!NAME_PATTERN.test(name)) return `A name has 1 to ${MAX_NAME_LENGTH} characters, without / and :`;
  const taken = [...network.layers.values()].some((other) => other.id !== layer && other.name === name);
  return taken ? 'Another layer has this name.' : undefined;
}

/** The first of stem1, stem2, … (stem itself first where `bare`) that nothing in the network is called. */
export function freshName(network: Network, stem: string, bare = false): string {
  const taken = new Set<string>();
  for (const layer of network.layers.values()) {
    taken.add(layer.name);
    taken.add(layer.id);
  }
  if (bare && !taken.has(stem)) return stem;
  let number = bare ? 2 : 1;
  while (taken.has(`${stem}${number}`)) number++;
  return `${stem}${number}`;
}
