import { useDocument } from '../document/store.ts';
import { useRun } from './run-store.ts';

/** Why training cannot start now, in a sentence; undefined where it can. */
export function useObstacle(): string | undefined {
  const problems = useDocument((state) => state.report.problems.length);
  const empty = useDocument((state) => state.design.network.layers.size === 0);
  const fault = useRun((state) => state.dataFault);
  if (empty) return 'There is no network yet.';
  if (problems > 0)
    return `${problems === 1 ? 'One problem stops' : `${problems} problems stop`} training: see Problems.`;
  return fault === '' ? undefined : fault;
}

/** The name of the design that was trained, where it is not the one on the canvas. */
export function useTrainedElsewhere(): string | undefined {
  const trained = useRun((state) => state.plan?.design);
  const shown = useDocument((state) => state.design.name);
  return trained === shown ? undefined : trained;
}
