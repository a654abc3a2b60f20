import { batchOfOne } from './batch-of-one.ts';
import { classes } from './classes.ts';
import { classifier } from './classifier.ts';
import type { Check, Checked, DataFacts, TrainingProblem } from './define.ts';
import { inputSize } from './input-size.ts';
import { lossInput } from './loss-input.ts';
import { nothingLearns } from './nothing-learns.ts';

export type { DataFacts, Severity, TrainingProblem } from './define.ts';

/** In the order in which their problems are told. */
const CHECKS: readonly Check[] = [inputSize, classifier, classes, nothingLearns, batchOfOne, lossInput];

/**
 * What stands between a network and training it on a data set, beside the problems of the network itself: this is the
 * one place that decides it, for the app, the command line and the training process.
 *
 * @param data none: what can be said without it
 * @returns nothing as long as the network has problems of its own
 */
export function trainingProblems(
  { network, training }: Pick<Checked, 'network' | 'training'>,
  report: Checked['report'],
  data?: DataFacts,
): readonly TrainingProblem[] {
  const last = report.layers.get(report.output ?? '');
  if (report.problems.length > 0 || last?.shape === undefined) return [];
  const output = { id: last.layer.id, report: last, shape: last.shape };
  const checked: Checked = { network, report, training, output, ...(data && { data }) };
  return CHECKS.flatMap((check) => check(checked));
}
