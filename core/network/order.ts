import { consumersOf, inputsOf, type LayerId, type Network } from './network.ts';

export interface Order {
  /** Layers so that each comes after all that feed it (Kahn 1962); those on or behind a cycle are missing. */
  readonly sorted: readonly LayerId[];
  /** The same, and then those that are missing there, in the order in which they were made. */
  readonly all: readonly LayerId[];
}

/** Sorts a network topologically; among layers that could come next, the one made first does. */
export function topologicalOrder(network: Network): Order {
  const inputs = inputsOf(network);
  const consumers = consumersOf(network);
  const waiting = new Map<LayerId, number>();
  const sorted: LayerId[] = [];
  for (const [id, from] of inputs) {
    waiting.set(id, from.length);
    if (from.length === 0) sorted.push(id);
  }
  for (let at = 0; at < sorted.length; at++) {
    for (const next of consumers.get(sorted[at] as LayerId) ?? []) {
      const left = (waiting.get(next) ?? 0) - 1;
      waiting.set(next, left);
      if (left === 0) sorted.push(next);
    }
  }
  if (sorted.length === network.layers.size) return { sorted, all: sorted };
  return { sorted, all: [...new Set([...sorted, ...network.layers.keys()])] };
}

/** A layer and all that it feeds, directly or through others. */
export function descendants(network: Network, layer: LayerId): ReadonlySet<LayerId> {
  return reached(layer, consumersOf(network));
}

/** A layer and all that feeds it, directly or through others. */
export function ancestors(network: Network, layer: LayerId): ReadonlySet<LayerId> {
  return reached(layer, inputsOf(network));
}

function reached(layer: LayerId, next: ReadonlyMap<LayerId, readonly LayerId[]>): ReadonlySet<LayerId> {
  const found = new Set([layer]);
  // A set hands out what is added while it is walked.
  for (const id of found) for (const other of next.get(id) ?? []) found.add(other);
  return found;
}
