import type { Network } from './network.ts';

export const MAX_NAME_LENGTH = 64;

/** A layer's name or id: anything readable but "/" and ":", which separate the parts of names inside a graph. */
export const NAME_PATTERN = new RegExp(`^(?! )[^\\p{C}/:]{1,${MAX_NAME_LENGTH}}(?<! )$`, 'u');

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
