import type { LayerId, Network } from './network.ts';

export const MAX_NAME_LENGTH = 64;

/** Letters and symbols that are drawn as nothing: Hangul's fillers, the grapheme joiner, an empty Braille cell. */
const BLANKS = '\\u034F\\u115F\\u1160\\u2800\\u3164\\uFFA0';

/**
 * A layer's name or id: anything readable but "/" and ":", which separate the parts of names inside a graph. What cannot be
 * seen is not readable: controls, those of the writing direction among them (all are \p{C}), separators of lines, blanks.
 */
export const NAME_PATTERN = new RegExp(
  `^(?!\\p{Z})[^\\p{C}\\p{Zl}\\p{Zp}${BLANKS}/:]{1,${MAX_NAME_LENGTH}}(?<!\\p{Z})$`,
  'u',
);

/** What is wrong with a name for this layer; undefined where nothing is. */
export function nameFault(network: Network, layer: LayerId, name: string): string | undefined {
  if (!NAME_PATTERN.test(name))
    return `A name has 1 to ${MAX_NAME_LENGTH} characters that can be seen, without / and :`;
  const taken = [...network.layers.values()].some((other) => other.id !== layer && other.name === name);
  return taken ? 'Another layer has this name.' : undefined;
}

/** Hands out names that nothing in a network is called, and that were not handed out before. */
export class FreshNames {
  readonly #taken = new Set<string>();
  /** The number to try next, by stem: all before it are taken. */
  readonly #next = new Map<string, number>();

  constructor({ layers }: Pick<Network, 'layers'>) {
    for (const { id, name } of layers.values()) {
      this.#taken.add(name);
      this.#taken.add(id);
    }
  }

  has(name: string): boolean {
    return this.#taken.has(name);
  }

  /** Keeps a name from being handed out. */
  take(name: string): string {
    this.#taken.add(name);
    return name;
  }

  /** The first free one of stem1, stem2, …; of stem, stem2, … where `bare`. */
  next(stem: string, bare = false): string {
    if (bare && !this.has(stem)) return this.take(stem);
    let number = Math.max(this.#next.get(stem) ?? 1, bare ? 2 : 1);
    while (this.has(`${stem}${number}`)) number++;
    this.#next.set(stem, number + 1);
    return this.take(`${stem}${number}`);
  }
}

/** The first of stem1, stem2, … (stem itself first where `bare`) that nothing in the network is called. */
export function freshName(network: Network, stem: string, bare = false): string {
  return new FreshNames(network).next(stem, bare);
}
