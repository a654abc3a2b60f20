import type { EpochMetrics } from '#contract/schemas.ts';
import { learningRateAt, Plateau } from '#core/training/schedules/index.ts';
import type { TrainingSettings } from '#core/training/settings.ts';
import { Batcher, batchSizes, epochOrder } from '../datasets/batches.ts';
import type { ImageSet, Split } from '../datasets/image-set.ts';
import type { StepResult, Trainer } from './trainer.ts';

export interface LoopOptions {
  readonly trainer: Trainer;
  readonly set: ImageSet;
  readonly split: Split;
  readonly settings: TrainingSettings;
  /** Numbers in the network's output. */
  readonly classes: number;
  /** Steps after which to end, whatever the epochs. */
  readonly steps?: number;
}

export interface LoopHooks {
  /** After every step; `step` counts from 1. */
  onStep(step: number, size: number, result: StepResult): void;
  onEpoch(metrics: EpochMetrics): Promise<void>;
  /** Between steps, and between the batches of an evaluation: waits while paused, answers whether to go on. */
  goOn(): Promise<boolean>;
}

/** Training stopped making sense: a loss that is no number. */
export class DivergedError extends Error {
  override readonly name = 'DivergedError';
}

/** Pictures evaluated at once. */
const EVALUATION_BATCH = 250;

export function stepsPerEpoch(count: number, batchSize: number): number {
  return Math.ceil(count / batchSize);
}

/** Steps that a run takes in all. */
export function plannedSteps(options: Pick<LoopOptions, 'split' | 'settings' | 'steps'>): number {
  const { train } = options.split;
  return options.steps ?? options.settings.epochs * stepsPerEpoch(train.end - train.begin, options.settings.batchSize);
}

/** Trains to the end, or until told not to go on. The last, smaller batch of an epoch is a step like the others. */
export async function trainLoop(options: LoopOptions, hooks: LoopHooks): Promise<'finished' | 'stopped'> {
  const { trainer, set, split, settings, classes } = options;
  const batcher = new Batcher(set, classes);
  const last = plannedSteps(options);
  const perEpoch = stepsPerEpoch(split.train.end - split.train.begin, settings.batchSize);
  const plateau = new Plateau();
  let step = 0;
  for (let epoch = 1; step < last; epoch++) {
    const order = epochOrder(split.train, settings.seed, epoch, settings.shuffle);
    const sums = { loss: 0, correct: 0, seen: 0, milliseconds: 0 };
    for (const size of batchSizes(order.length, settings.batchSize)) {
      if (step === last) break;
      if (!(await hooks.goOn())) return 'stopped';
      const learningRate = plateau.factor * learningRateAt(settings, step, perEpoch, last);
      const begin = performance.now();
      const result = await trainer.step(batcher.fill(order, sums.seen, size), { ...settings, learningRate }, step);
      sums.milliseconds += performance.now() - begin;
      step += 1;
      hooks.onStep(step, size, result);
      if (!Number.isFinite(result.loss)) {
        throw new DivergedError(
          `The loss became ${result.loss} at step ${step}. Lower the learning rate (it is ${settings.learningRate}) and train again.`,
        );
      }
      sums.loss += result.loss * size;
      sums.correct += result.correct;
      sums.seen += size;
    }
    const validation = await evaluateRange(options, batcher, hooks);
    if (validation === undefined) return 'stopped';
    if (settings.schedule === 'plateau') plateau.add(validation.loss, settings);
    await hooks.onEpoch({
      epoch,
      step,
      loss: sums.loss / sums.seen,
      accuracy: sums.correct / sums.seen,
      valLoss: validation.loss,
      valAccuracy: validation.accuracy,
      imagesPerSecond: (1000 * sums.seen) / sums.milliseconds,
    });
  }
  return 'finished';
}

/** Mean loss and share of hits over the held-back pictures; undefined where it was told not to go on. */
async function evaluateRange({ trainer, split }: LoopOptions, batcher: Batcher, { goOn }: LoopHooks) {
  const order = epochOrder(split.validate, 0, 0, false);
  let [loss, correct, at] = [0, 0, 0];
  for (const size of batchSizes(order.length, EVALUATION_BATCH)) {
    if (!(await goOn())) return;
    const result = await trainer.evaluate(batcher.fill(order, at, size));
    loss += result.loss * size;
    correct += result.correct;
    at += size;
  }
  return { loss: loss / order.length, accuracy: correct / order.length };
}
