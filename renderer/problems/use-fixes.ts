import { useDeferredValue, useMemo } from 'react';
import { useShallow } from 'zustand/react/shallow';
import type { Network } from '#core/network/network.ts';
import { harmlessFixes, offeredFixes } from '#core/network/offered-fixes.ts';
import type { Fix, Problem } from '#core/network/problems.ts';
import type { NetworkReport } from '#core/network/propagate.ts';
import { applyFix as change, useDocument } from '../document/store.ts';
import { announce } from '../ui/announce.ts';

interface Checked {
  readonly network: Network;
  readonly report: NetworkReport;
}

const NONE: readonly Fix[] = [];

/**
 * The network that fixes are tried on. Trying them takes a few milliseconds, so that it lags behind while somebody types:
 * React computes with it when there is nothing more urgent.
 */
function useLagging(): Checked | undefined {
  const now = useDocument(useShallow(({ design, report }) => ({ network: design.network, report })));
  return useDeferredValue<Checked | undefined>(now, undefined);
}

/** What stands between a network and training it is not in its report: those fixes only must not do harm. */
function helpfulFixes({ network, report }: Checked, problem: Problem): readonly Fix[] {
  if ('severity' in problem) return harmlessFixes(network, report, problem.fixes);
  return offeredFixes(network, report, problem);
}

/** The fixes of a problem that leave the whole network better than it is. */
export function useOfferedFixes(problem: Problem): readonly Fix[] {
  const checked = useLagging();
  return useMemo(() => (checked === undefined ? NONE : helpfulFixes(checked, problem)), [checked, problem]);
}

/** Of changes that are possible where nothing is wrong, those that cause no problem anywhere. */
export function useHarmlessFixes(fixes: readonly Fix[]): readonly Fix[] {
  const checked = useLagging();
  return useMemo(
    () => (checked === undefined ? NONE : harmlessFixes(checked.network, checked.report, fixes)),
    [checked, fixes],
  );
}

/** Applies a fix, unless the network has changed since it was offered so that it does not help any more. */
export function applyFix(problem: Problem, { label }: Fix): void {
  const { design, report } = useDocument.getState();
  const fix = helpfulFixes({ network: design.network, report }, problem).find((one) => one.label === label);
  if (fix === undefined) return;
  change(fix);
  const left = useDocument.getState().report.problems.length;
  const rest = left === 0 ? 'no problem is left' : left === 1 ? 'one problem is left' : `${left} problems are left`;
  announce(`${label}: ${rest}`);
}
