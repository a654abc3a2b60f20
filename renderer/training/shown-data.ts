import { useCallback, useEffect } from 'react';
import type { DataInfo, Samples } from '#contract/schemas.ts';
import { useMain } from '../connection/context.ts';
import { useData } from '../data/data-store.ts';
import { attempt } from '../ui/notices.ts';
import { useTraining } from './context.ts';
import { useRun } from './run-store.ts';

/** What the run that is shown was trained on; as long as there is no run, what the design is going to be trained on. */
export function useShownData(): DataInfo | undefined {
  const training = useTraining();
  const run = useRun((state) => state.shown);
  const ofRun = useRun((state) => state.runData);
  const ofDesign = useData((state) => state.info);
  useEffect(() => {
    if (run !== undefined) void attempt(() => training.readData());
  }, [training, run]);
  return run === undefined ? ofDesign : ofRun;
}

/** Reads images of that data set, by their numbers in it. */
export function useSamples(): (begin: number, count: number) => Promise<Samples> {
  const main = useMain();
  const run = useRun((state) => state.shown);
  const data = useData((state) => state.reference);
  return useCallback(
    (begin, count) =>
      run === undefined
        ? main.call('data.samples', { data, begin, count })
        : main.call('runs.samples', { run, begin, count }),
    [main, run, data],
  );
}
