import { layerDefinition } from '../layers/index.ts';
import { canvasLayer } from './expand.ts';
import { consumersOf, type Edge, inputsOf, type LayerId, type Network } from './network.ts';
import type { Fix, Problem } from './problems.ts';

/** Cycles that are reported at most: a file may hold as many as it has connections. */
const MAX_CYCLES = 100;
/** Connections of one cycle whose removal is proposed at most. */
const MAX_CUTS = 12;
/** Layers of a cycle that are named at most, at its beginning and at its end. */
const MAX_NAMED = 4;

/** Layers of which each feeds the next, and the last feeds the first. */
export type Cycle = readonly [LayerId, ...LayerId[]];

/**
 * The cycles of a network: one for each connection that leads back to a layer on the way to it, as a walk from the
 * INPUT finds them. Without these connections there is no cycle left.
 */
export function findCycles(network: Network): readonly Cycle[] {
  const consumers = consumersOf(network);
  const cycles: Cycle[] = [];
  const done = new Set<LayerId>();
  /** The way to the layer that is looked at, and how many of the layers it feeds were followed. */
  const way: { readonly id: LayerId; next: number }[] = [];
  const onWay = new Map<LayerId, number>();
  const enter = (id: LayerId) => {
    onWay.set(id, way.length);
    way.push({ id, next: 0 });
  };
  const layers = [...network.layers.values()];
  const starts = [...layers.filter(({ kind }) => kind === 'Input'), ...layers];
  for (const start of starts) {
    if (!done.has(start.id)) enter(start.id);
    while (way.length > 0) {
      const here = way.at(-1) as (typeof way)[number];
      const next = consumers.get(here.id)?.[here.next];
      here.next += 1;
      if (next === undefined) {
        way.pop();
        onWay.delete(here.id);
        done.add(here.id);
      } else if (onWay.has(next)) {
        cycles.push(way.slice(onWay.get(next)).map(({ id }) => id) as unknown as Cycle);
        if (cycles.length === MAX_CYCLES) return cycles;
      } else if (!done.has(next)) {
        enter(next);
      }
    }
  }
  return cycles;
}

/** "conv1 → relu1 → conv1": the layers of a cycle by name, some of the many of a long one. */
export function cycleText(names: readonly string[]): string {
  const all = [...names, names[0] ?? ''];
  if (all.length <= 2 * MAX_NAMED + 1) return all.join(' → ');
  return [...all.slice(0, MAX_NAMED), '…', ...all.slice(-MAX_NAMED)].join(' → ');
}

/**
 * The problem that a cycle is, on the layer where it closes. Where it leads through blocks, these stand for their layers:
 * only connections on the canvas can be removed there.
 *
 * @param nameOf the name of a layer, or of the block that it is in
 */
export function cycleProblem(network: Network, cycle: Cycle, nameOf: (layer: LayerId) => string): Problem {
  const inputs = inputsOf(network);
  const onCanvas = new Set(cycle.map(canvasLayer)).size > 1;
  const place = onCanvas ? canvasLayer : (id: LayerId) => id;
  const steps = cycle.map((from, i): Edge => ({ from, to: cycle[(i + 1) % cycle.length] as LayerId }));
  const shown = steps.filter(({ from, to }) => place(from) !== place(to) || from === to);
  // The connection that closes the cycle, then those into layers that have inputs to spare: the rest would leave a layer unfed.
  const spare = ({ to }: Edge) => {
    const layer = network.layers.get(to);
    return (inputs.get(to)?.length ?? 0) > (layerDefinition(layer?.kind ?? '')?.arity.min ?? 1);
  };
  const [closing, ...others] = shown.toReversed() as [Edge, ...Edge[]];
  const cuts = [closing, ...others.filter(spare), ...others.filter((edge) => !spare(edge))].slice(0, MAX_CUTS);
  const names = shown.map(({ from }) => nameOf(place(from)));
  return {
    code: 'cycle',
    layer: place(closing.to),
    message: `A loop: ${cycleText(names)}. No layer can be fed by its own output: remove one of these connections.`,
    fixes: cuts.map((edge): Fix => {
      const [from, to] = [place(edge.from), place(edge.to)];
      return {
        label: `Remove ${nameOf(from)} → ${nameOf(to)}`,
        edits: [{ type: 'remove', layers: [], edges: [{ from, to }] }],
      };
    }),
  };
}
