import { totalmem } from 'node:os';
import { formatBytes } from '#core/format.ts';
import { type NetworkReport, propagate } from '#core/network/propagate.ts';
import { elementCount } from '#core/onnx/tensor.ts';
import type { Design } from '#core/project/design.ts';
import { parseDesign } from '#core/project/design-file.ts';
import { elements } from '#core/shape.ts';
import { trainingProblems } from '#core/training/checks/index.ts';
import { NotTrainableError, namedTensors } from '#core/training/emit.ts';
import { initialTensor } from '#core/training/initialize.ts';
import { countClasses, type ImageSet, type Split } from '../datasets/image-set.ts';
import type { NamedValues } from './states.ts';

/** A design that has been read and found free of problems. */
export interface CompiledDesign {
  readonly text: string;
  readonly design: Design;
  readonly report: NetworkReport;
}

/** Reads a design's text. Throws where it cannot be trained, with the first problem. */
export function readDesign(text: string): CompiledDesign {
  const design = parseDesign(text);
  const report = propagate(design.network);
  const [problem] = report.problems;
  if (problem !== undefined) {
    throw new NotTrainableError(`The network cannot be trained yet. ${problem.message}`);
  }
  return { text, design, report };
}

/** The network's tensors before training; the same seed gives the same numbers everywhere. */
export function initialValues({ report, design }: CompiledDesign): NamedValues {
  const bytes = 4 * namedTensors(report).reduce((sum, { spec }) => sum + elementCount(spec.dims), 0);
  // Memory that is not there is noticed by the system only when it is written, and then the process ends.
  if (bytes > totalmem()) {
    throw new NotTrainableError(
      `The network's weights take ${formatBytes(bytes)}; this computer has ${formatBytes(totalmem())} of memory. Make its layers smaller.`,
    );
  }
  const { seed } = design.training;
  return new Map(namedTensors(report).map(({ name, spec }) => [name, initialTensor(name, spec, seed)]));
}

/**
 * Throws where a network cannot be trained on a data set: another image size, no classifier, too few outputs.
 *
 * @returns the numbers in the network's output, and what may not be meant as it is, in sentences
 */
export function checkTrainable(
  { design, report }: CompiledDesign,
  set: ImageSet,
  split: Split,
): { readonly classes: number; readonly warnings: readonly string[] } {
  const problems = trainingProblems(design, report, {
    name: set.name,
    shape: set.shape,
    classNames: set.classNames,
    trainCount: split.train.end - split.train.begin,
    classCounts: countClasses(set, split.train),
  });
  const fault = problems.find(({ severity }) => severity === 'error');
  if (fault !== undefined) throw new NotTrainableError(fault.message);
  const classes = elements(report.layers.get(report.output ?? '')?.shape ?? []);
  return { classes, warnings: problems.map(({ message }) => message) };
}
