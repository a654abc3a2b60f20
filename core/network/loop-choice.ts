import { cycleText } from './cycles.ts';
import { applyEdit, type Edit } from './edits.ts';
import { consumersOf, type Edge, type LayerId, type Network } from './network.ts';
import { descendants } from './order.ts';
import { propagateTrial } from './propagate.ts';

/** Ways of breaking a loop that are compared at most. */
const MAX_WAYS = 12;

/** A connection that would close a loop, and what can be done instead of leaving it out. */
export interface LoopChoice {
  /** "conv1 → relu1 → conv1": the loop by names. */
  readonly loop: string;
  /** The connections whose removal lets the new one be made; none where a layer would feed itself. */
  readonly others: readonly Edge[];
  /** Removes them and makes the new one. */
  readonly edits: readonly Edit[];
}

/**
 * What there is to choose where a connection would close a loop; undefined where it closes none.
 *
 * @param moved a connection that the new one takes the place of: one end of it was dragged to another layer
 */
export function loopChoice(network: Network, { from, to }: Edge, moved?: Edge): LoopChoice | undefined {
  const rest = moved === undefined ? network : removeEdges(network, [moved]);
  const behind = descendants(rest, to);
  if (!behind.has(from)) return undefined;
  const nameOf = (id: LayerId) => network.layers.get(id)?.name ?? id;
  const way = shortestWay(rest, to, from);
  const loop = cycleText(way.map(nameOf));
  if (from === to) return { loop, others: [], edits: [] };
  const editsFor = (others: readonly Edge[]): readonly Edit[] => [
    { type: 'remove', layers: [], edges: moved === undefined ? others : [...others, moved] },
    { type: 'connect', from, to },
  ];
  // All that leads into the new connection's start, all that leads on from its end, or one connection between.
  const into = rest.edges.filter((edge) => edge.to === from && behind.has(edge.from));
  const onward = rest.edges.filter((edge) => edge.from === to && descendants(rest, edge.to).has(from));
  const single = way.slice(1).map((id, i): Edge => ({ from: way[i] as LayerId, to: id }));
  const ways = [into, onward, ...single.toReversed().map((edge) => [edge])].filter(
    (edges) => !descendants(removeEdges(rest, edges), to).has(from),
  );
  const compared = ways.slice(0, MAX_WAYS).map((others) => {
    const edits = editsFor(others);
    return { others, edits, problems: propagateTrial(edits.reduce(applyEdit, network))?.problems.length ?? 0 };
  });
  const best = compared.reduce((a, b) => (b.problems < a.problems ? b : a));
  return { loop, others: best.others, edits: best.edits };
}

function removeEdges(network: Network, edges: readonly Edge[]): Network {
  return applyEdit(network, { type: 'remove', layers: [], edges });
}

/** The layers on a shortest way from one layer to another that it feeds; just the one where both are the same. */
function shortestWay(network: Network, from: LayerId, to: LayerId): readonly LayerId[] {
  const consumers = consumersOf(network);
  const before = new Map<LayerId, LayerId | undefined>([[from, undefined]]);
  for (const [id] of before) {
    for (const next of consumers.get(id) ?? []) if (!before.has(next)) before.set(next, id);
  }
  const way: LayerId[] = [];
  for (let id: LayerId | undefined = to; id !== undefined; id = before.get(id)) way.unshift(id);
  return way;
}
