import { toGrid } from '#core/layout/grid.ts';
import { expand } from '#core/network/expand.ts';
import { type Edge, inputsOf, type LayerId, type Network } from '#core/network/network.ts';

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
  const feeding = drawn.map((to) => (sources.get(to) ?? []).map((from): Edge => ({ from, to })));
  const { rankOf, laneOf, via, ranks } = toGrid(drawn, feeding.flat(), 1);
  const columns = Array.from({ length: ranks }, () => new Map<number, Slot>());
  const slots = new Map<LayerId, Slot>();
  const put = (rank: number, lane: number, slot: Slot): Slot => {
    columns[rank]?.set(lane, slot);
    return slot;
  };
  for (const [i, layer] of drawn.entries()) {
    const rank = rankOf.get(layer) as number;
    const before = (feeding[i] as readonly Edge[]).flatMap((edge): readonly Slot[] => {
      let last = slots.get(edge.from);
      if (last === undefined) return [];
      const lane = via.get(edge);
      for (let passed = (rankOf.get(edge.from) as number) + 1; lane !== undefined && passed < rank; passed++) {
        // What leaves one layer passes others in one lane.
        last = columns[passed]?.get(lane) ?? put(passed, lane, { before: [last] });
      }
      return [last];
    });
    slots.set(layer, put(rank, laneOf.get(layer) as number, { layer, before }));
  }
  return columns.map((column) => [...column].sort(([a], [b]) => a - b).map(([, slot]) => slot));
}
