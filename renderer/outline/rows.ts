import { kindLabel, layerDefinition } from '#core/layers/index.ts';
import { canvasLayer } from '#core/network/expand.ts';
import { inputsOf, type LayerId, type Network } from '#core/network/network.ts';
import type { NetworkReport } from '#core/network/propagate.ts';
import { formatVolume } from '#core/shape.ts';
import { categoryClass } from '../ui/category.ts';
import { unknownVolume } from '../ui/unknown-volume.ts';

/** Answers the same value for the same object: every row asks for what belongs to the whole network. */
function remembered<K extends object, V>(compute: (key: K) => V): (key: K) => V {
  const known = new WeakMap<K, V>();
  return (key) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const value = compute(key);
    known.set(key, value);
    return value;
  };
}

const feeding = remembered(inputsOf);

/**
 * The layers on the canvas in an order in which they can run; last those that cannot: not connected, on a cycle, or fed
 * by one of these.
 */
export function outlineOrder(network: Network, report: NetworkReport): readonly LayerId[] {
  const order = new Set(report.order.map(canvasLayer));
  const inputs = feeding(network);
  const runs = new Set<LayerId>();
  for (const id of order) {
    const from = inputs.get(id) ?? [];
    const fed = from.length > 0 && from.every((other) => runs.has(other));
    if (fed || network.layers.get(id)?.kind === 'Input') runs.add(id);
  }
  return [...runs, ...[...order].filter((id) => !runs.has(id))];
}

export interface Row {
  /** The kind in the lectures' word: "CONV". */
  readonly kind: string;
  readonly category: string;
  readonly name: string;
  /** "28×28×6"; '' where it is not known. */
  readonly volume: string;
  /** Why there is no volume. */
  readonly state: string;
  readonly problem: string;
  readonly floors: boolean;
  /** All of it in one sentence, for those who hear it. */
  readonly sentence: string;
}

/** What the outline says of a layer: plain values, so that a row can tell whether anything changed. */
export function outlineRow(network: Network, report: NetworkReport, id: LayerId): Row {
  const layer = network.layers.get(id);
  const found = report.layers.get(id);
  const definition = layer && layerDefinition(layer.kind);
  const nameOf = (other: LayerId) => network.layers.get(other)?.name ?? other;
  const kind = kindLabel(layer?.kind ?? '');
  const name = nameOf(id);
  const [problem] = found?.problems ?? [];
  const floors = found?.fit?.status === 'floors';
  const volume = found?.shape === undefined ? '' : formatVolume(found.shape);
  const waitsFor = found?.waitsFor === undefined ? '' : nameOf(found.waitsFor);
  const state = volume === '' ? unknownVolume(waitsFor, problem) : '';
  const from = (feeding(network).get(id) ?? []).map(nameOf);
  const parts = [`${kind} ${name}`];
  if (from.length > 0) parts.push(`from ${inWords(from)}`);
  parts.push(volume || state);
  if (floors) parts.push('floors');
  if (problem !== undefined && problem.code !== 'not-connected') parts.push(`problem: ${problem.message}`);
  return {
    kind,
    category: categoryClass(definition?.category),
    name,
    volume,
    state,
    problem: problem?.message ?? '',
    floors,
    sentence: parts.join(', '),
  };
}

/** "a", "a and b", "a, b and c". */
export function inWords(names: readonly string[]): string {
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
