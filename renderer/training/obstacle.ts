import { useDocument } from '../document/store.ts';
import { useRun } from './run-store.ts';

/** Why training cannot start now, in a sentence; undefined where it can. */
export function useObstacle(): string | undefined {
  const network = useDocument(networkObstacle);
  const fault = useRun((state) => state.dataFault);
  return network ?? (fault === '' ? undefined : fault);
}

/** The same outside React. */
export function obstacleNow(): string | undefined {
  const { dataFault } = useRun.getState();
  return networkObstacle(useDocument.getState()) ?? (dataFault === '' ? undefined : dataFault);
}

function networkObstacle({ design, report }: ReturnType<typeof useDocument.getState>): string | undefined {
  if (design.network.layers.size === 0) return 'There is no network yet.';
  const problems = report.problems.length;
  if (problems === 0) return undefined;
  return `${problems === 1 ? 'One problem stops' : `${problems} problems stop`} training: see Problems.`;
}

/** The name of the design that was trained, where it is not the one on the canvas. */
export function useTrainedElsewhere(): string | undefined {
  const trained = useRun((state) => state.plan?.design);
  const shown = useDocument((state) => state.design.name);
  return trained === shown ? undefined : trained;
}
