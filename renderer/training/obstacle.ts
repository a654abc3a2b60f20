import { useData } from '../data/data-store.ts';
import { useDocument } from '../document/store.ts';
import { type FoundProblems, trainingProblemsNow, useTrainingProblems } from './problems.ts';

/** Why training cannot start now, in a sentence; undefined where it can. */
export function useObstacle(): string | undefined {
  const network = useDocument(networkObstacle);
  const fault = useData((state) => state.fault);
  const known = useData((state) => state.info !== undefined);
  const problems = useTrainingProblems();
  return network ?? dataObstacle(fault, known, problems);
}

/** The same outside React. */
export function obstacleNow(): string | undefined {
  const { fault, info } = useData.getState();
  return networkObstacle(useDocument.getState()) ?? dataObstacle(fault, info !== undefined, trainingProblemsNow());
}

function networkObstacle({ design, report }: ReturnType<typeof useDocument.getState>): string | undefined {
  if (design.network.layers.size === 0) return 'There is no network yet.';
  const problems = report.problems.length;
  if (problems === 0) return undefined;
  return `${problems === 1 ? 'One problem stops' : `${problems} problems stop`} training: see Problems.`;
}

function dataObstacle(fault: string, known: boolean, { all, listed }: FoundProblems): string | undefined {
  if (fault !== '') return fault;
  const problem = all.find(({ severity }) => severity === 'error');
  if (problem === undefined) return known ? undefined : 'Reading the data set…';
  return listed.includes(problem) ? problem.message : `Choose a data set. ${problem.message}`;
}
