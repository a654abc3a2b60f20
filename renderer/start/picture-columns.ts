import { expand } from '#core/network/expand.ts';
import { inputsOf, type LayerId, type Network } from '#core/network/network.ts';

/** What lies in a column: a layer's volume, or an edge that passes the column on its way. */
export type Slot =
  | { readonly layer: LayerId; readonly before: readonly Slot[] }
  | { readonly layer?: undefined; readonly before: readonly Slot[] };

/** For each drawn layer, the drawn ones whose volumes reach it. */
function sourcesOf(
  network: Network,
  order: readonly LayerId[],
  drawn: ReadonlySet<LayerId>,
): ReadonlyMap<LayerId, readonly LayerId[]> {
  const inputs = inputsOf(expand(network));
  const reaching = new Map<LayerId, readonly LayerId[]>();
  for (const id of order) {
    const through = (inputs.get(id) ?? []).flatMap((from) => (drawn.has(from) ? [from] : (reaching.get(from) ?? [])));
    reaching.set(id, [...new Set(through)]);
  }
  return reaching;
}

/**
 * The drawn layers by their longest way from the INPUT, blocks expanded, with a slot wherever an edge passes a column.
 *
 * @param order all layers of the expanded network in an order in which they can run
 */
export function columnsOf(
  network: Network,
  order: readonly LayerId[],
  isDrawn: (layer: LayerId) => boolean,
): readonly (readonly Slot[])[] {
  const drawn = order.filter(isDrawn);
  const sources = sourcesOf(network, order, new Set(drawn));
  const columns: Slot[][] = [];
  const slots = new Map<LayerId, { readonly slot: Slot; readonly rank: number }>();
  const put = (rank: number, slot: Slot) => {
    const column = columns[rank] ?? [];
    columns[rank] = column;
    column.push(slot);
    return slot;
  };
  for (const layer of drawn) {
    const feeding = (sources.get(layer) ?? []).flatMap((id) => slots.get(id) ?? []);
    const rank = Math.max(-1, ...feeding.map((source) => source.rank)) + 1;
    const before = feeding.map((source) => {
      let last = source.slot;
      for (let passed = source.rank + 1; passed < rank; passed++) last = put(passed, { before: [last] });
      return last;
    });
    slots.set(layer, { slot: put(rank, { layer, before }), rank });
  }
  const inOrder: (readonly Slot[])[] = [];
  for (const column of columns) inOrder.push(sorted(column, inOrder.at(-1) ?? []));
  return inOrder;
}

/** A column in the order of what feeds it, so that edges do not cross. */
function sorted(column: readonly Slot[], previous: readonly Slot[]): readonly Slot[] {
  const height = ({ before }: Slot) => before.reduce((sum, slot) => sum + previous.indexOf(slot), 0) / before.length;
  return column.length < 2 ? column : [...column].sort((a, b) => height(a) - height(b));
}
