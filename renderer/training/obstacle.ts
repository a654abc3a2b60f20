import { useData } from '../data/data-store.ts';
import { useDocument } from '../document/store.ts';
import { type FoundProblems, trainingProblemsNow, useTrainingProblems } from './problems.ts';

/** Why training cannot start now, in a sentence; undefined where it can. */
export function useObstacle(): string | undefined {
  const network = useDocument(networkObstacle);
  const fault = useData((state) => state.fault);
  const problems = useTrainingProblems();
  return network ?? dataObstacle(fault, problems);
}

/** The same outside React. */
export function obstacleNow(): string | undefined {
  return networkObstacle(useDocument.getState()) ?? dataObstacle(useData.getState().fault, trainingProblemsNow());
}

function networkObstacle({ design, report }: ReturnType<typeof useDocument.getState>): string | undefined {
  if (design.network.layers.size === 0) return 'There is no network yet.';
  const problems = report.problems.length;
  if (problems === 0) return undefined;
  return `${problems === 1 ? 'One problem stops' : `${problems} problems stop`} training: see Problems.`;
}

function dataObstacle(fault: string, { all, listed }: FoundProblems): string | undefined {
  if (fault !== '') return fault;
  const problem = all.find(({ severity }) => severity === 'error');
  if (problem === undefined) return undefined;
  return listed.includes(problem) ? problem.message : `Choose a data set. ${problem.message}`;
}
