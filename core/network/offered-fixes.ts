import { fieldSchema } from '../layers/fields.ts';
import { layerDefinition } from '../layers/index.ts';
import { applyEdit } from './edits.ts';
import type { Network } from './network.ts';
import type { Fix, Problem } from './problems.ts';
import { propagateTrial } from './propagate.ts';
import type { NetworkReport } from './report.ts';

/**
 * Layers that are looked at, over all fixes of a report that are tried. A file with thousands of problems would keep the
 * program busy otherwise; 500 layers are enough for 4,000 tries.
 */
const MAX_VISITS = 2_000_000;

/** What was found out about the fixes of a report's problems. */
interface Tried {
  readonly offered: Map<Problem, readonly Fix[]>;
  visits: number;
}

const tried = new WeakMap<NetworkReport, Tried>();

/**
 * The fixes of a problem that leave the whole network better than it was: fewer problems, none that was not there before,
 * and no layer that loses its volume. Of the fixes of one group, the first that does. Found out once for a report; each
 * fix that is tried costs one propagation.
 *
 * @param report that of the network, which holds the problem
 */
export function offeredFixes(network: Network, report: NetworkReport, problem: Problem): readonly Fix[] {
  if (problem.fixes.length === 0) return problem.fixes;
  const known = tried.get(report) ?? { offered: new Map(), visits: 0 };
  tried.set(report, known);
  const before = known.offered.get(problem);
  if (before !== undefined) return before;
  const groups = new Set<string>();
  const offered = problem.fixes.filter((fix) => {
    if (fix.group !== undefined && groups.has(fix.group)) return false;
    if (known.visits > MAX_VISITS) return false;
    known.visits += network.layers.size;
    const helps = isAllowed(network, fix) && isBetter(report, network, fix);
    if (helps && fix.group !== undefined) groups.add(fix.group);
    return helps;
  });
  known.offered.set(problem, offered);
  return offered;
}

/** Of changes that are possible where nothing is wrong, those that cause no problem anywhere. */
export function harmlessFixes(network: Network, report: NetworkReport, fixes: readonly Fix[]): readonly Fix[] {
  return fixes.filter((fix) => isAllowed(network, fix) && tryFix(report, network, fix) !== undefined);
}

/** Whether all values that it sets are within the limits of their fields. */
function isAllowed(network: Network, { edits }: Fix): boolean {
  let now = network;
  return edits.every((edit) => {
    const before = now;
    // A layer may be added by one edit and set by the next.
    now = applyEdit(now, edit);
    if (edit.type !== 'set-fields') return true;
    const specs = layerDefinition(before.layers.get(edit.layer)?.kind ?? '')?.fields;
    return Object.entries(edit.fields).every(([name, value]) => {
      const spec = specs?.[name];
      return spec !== undefined && fieldSchema(spec).safeParse(value).success;
    });
  });
}

function isBetter(before: NetworkReport, network: Network, fix: Fix): boolean {
  const after = tryFix(before, network, fix);
  return after !== undefined && after.problems.length < before.problems.length;
}

/**
 * The report of a network after a fix; undefined where there is a problem that was not there before, or a layer that is
 * still there has lost its volume. Most fixes that do harm do it right behind the layer that they change.
 */
function tryFix(before: NetworkReport, network: Network, { edits }: Fix): NetworkReport | undefined {
  const after = propagateTrial(edits.reduce(applyEdit, network), ({ layer, problems, shape }) => {
    const known = before.layers.get(layer.id);
    const isTroubled = problems.length > 0 && (known === undefined || known.problems.length === 0);
    return !isTroubled && !(known?.shape !== undefined && shape === undefined);
  });
  return after !== undefined && hasNoNewProblem(before, after) ? after : undefined;
}

function hasNoNewProblem(before: NetworkReport, after: NetworkReport): boolean {
  const left = new Map<string, number>();
  for (const problem of before.problems) left.set(keyOf(problem), (left.get(keyOf(problem)) ?? 0) + 1);
  return after.problems.every((problem) => {
    const count = left.get(keyOf(problem)) ?? 0;
    left.set(keyOf(problem), count - 1);
    return count > 0;
  });
}

/** What makes a problem the same after a change, which may have changed the numbers in its message. */
function keyOf({ code, layer, message }: Problem): string {
  return code === 'cycle' ? message : `${code} ${layer ?? ''}`;
}
