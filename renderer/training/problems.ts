import { useMemo } from 'react';
import type { DataInfo } from '#contract/schemas.ts';
import type { TrainingProblemCode } from '#core/network/problems.ts';
import type { NetworkReport } from '#core/network/report.ts';
import type { Design } from '#core/project/design.ts';
import { type DataFacts, type TrainingProblem, trainingProblems } from '#core/training/checks/index.ts';
import { useData } from '../data/data-store.ts';
import { useDocument } from '../document/store.ts';

/** Problems that only a data set brings: as long as none was chosen, they are said where one is chosen. */
const OF_DATA: ReadonlySet<TrainingProblemCode | string> = new Set([
  'input-size',
  'class-count',
  'one-class',
  'empty-class',
] satisfies TrainingProblemCode[]);

export interface FoundProblems {
  /** All that stands between the design and training it. */
  readonly all: readonly TrainingProblem[];
  /** Those among them that belong into the list of problems. */
  readonly listed: readonly TrainingProblem[];
}

function factsOf(info: DataInfo): DataFacts {
  const { name, shape, classNames, classCounts, train } = info;
  return { name, shape, classNames, classCounts, trainCount: train.end - train.begin };
}

function find({ network, training, data }: Design, report: NetworkReport, info: DataInfo | undefined): FoundProblems {
  const all = trainingProblems({ network, training }, report, info && factsOf(info));
  return { all, listed: data === undefined ? all.filter(({ code }) => !OF_DATA.has(code)) : all };
}

export function useTrainingProblems(): FoundProblems {
  const design = useDocument((state) => state.design);
  const report = useDocument((state) => state.report);
  const info = useData((state) => state.info);
  return useMemo(() => find(design, report, info), [design, report, info]);
}

/** The same outside React. */
export function trainingProblemsNow(): FoundProblems {
  const { design, report } = useDocument.getState();
  return find(design, report, useData.getState().info);
}
