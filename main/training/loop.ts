import type { EpochMetrics } from '#contract/schemas.ts';
import { formatLoss } from '#core/format.ts';
import { learningRateAt } from '#core/training/schedules/index.ts';
import type { TrainingSettings } from '#core/training/settings.ts';
import { Batcher, batchSizes, epochOrder } from '../datasets/batches.ts';
import type { ImageSet, Split } from '../datasets/image-set.ts';
import { NotFiniteError } from './not-finite.ts';
import type { Position } from './position.ts';
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
  /** After every step; `size` is the pictures of its batch. */
  onStep(size: number, result: StepResult): void;
  /** After an epoch's validation; `lowest` where its loss is the lowest so far. */
  onEpoch(metrics: EpochMetrics, lowest: boolean): Promise<void>;
  /** Between steps, and between the batches of an evaluation: waits while paused, answers whether to go on. */
  goOn(): Promise<boolean>;
}

/** Training stopped making sense: a loss or a weight that is no finite number. */
export class DivergedError extends Error {
  override readonly name = 'DivergedError';
}

export type Ending = { readonly status: 'finished' | 'stopped'; readonly message: string };

/** Pictures evaluated at once. */
const EVALUATION_BATCH = 250;

export function stepsPerEpoch(count: number, batchSize: number): number {
  return Math.ceil(count / batchSize);
}

type Planned = Pick<LoopOptions, 'split' | 'settings' | 'steps'>;

/** Steps that the schedule is planned for. */
function scheduledSteps({ split: { train }, settings, steps }: Planned): number {
  return steps ?? settings.epochs * stepsPerEpoch(train.end - train.begin, settings.batchSize);
}

/** Steps that a run takes in all, unless it ends early. */
export function plannedSteps(options: Planned): number {
  const { settings, split } = options;
  const perEpoch = stepsPerEpoch(split.train.end - split.train.begin, settings.batchSize);
  const most = settings.stopEpoch === 0 ? Number.POSITIVE_INFINITY : settings.stopEpoch * perEpoch;
  return Math.min(scheduledSteps(options), most);
}

/** Trains from a position to the end, or until told not to go on. An epoch's last, smaller batch is a step as well. */
export async function trainLoop(options: LoopOptions, hooks: LoopHooks, position: Position): Promise<Ending> {
  const { set, settings, classes } = options;
  const training = new Batcher(set, classes, { settings, seed: settings.seed });
  const validating = new Batcher(set, classes);
  const last = plannedSteps(options);
  while (position.step < last && !hasRested(position, settings)) {
    if (!(await trainEpoch(options, hooks, position, training, last))) return STOPPED;
    const validation = await evaluateRange(options, validating, hooks).catch((error: unknown) => {
      throw error instanceof NotFiniteError ? divergedIn(error, position.step, settings) : error;
    });
    if (validation === undefined) return STOPPED;
    if (settings.schedule === 'plateau') position.plateau.add(validation.loss, settings);
    const { epoch, step, sums } = position;
    const lowest = position.endEpoch(validation.loss);
    const metrics = {
      epoch,
      step,
      loss: sums.loss / sums.seen,
      accuracy: sums.correct / sums.seen,
      valLoss: validation.loss,
      valAccuracy: validation.accuracy,
      imagesPerSecond: (1000 * sums.seen) / Math.max(sums.milliseconds, 1e-3),
    };
    await hooks.onEpoch(metrics, lowest);
  }
  if (!hasRested(position, settings) || position.step >= last) return { status: 'finished', message: '' };
  const { best } = position;
  const message = `Ended early: the validation loss has not fallen for ${best.resting} epochs; it was lowest, ${formatLoss(best.loss ?? 0)}, in epoch ${best.epoch}.`;
  return { status: 'finished', message };
}

const STOPPED: Ending = { status: 'stopped', message: '' };

/** Whether early stopping says that it is enough. */
function hasRested({ best }: Position, { earlyStopping }: TrainingSettings): boolean {
  return earlyStopping > 0 && best.resting >= earlyStopping;
}

/** Does what is left of the epoch under way; answers whether to go on. */
async function trainEpoch(
  options: LoopOptions,
  hooks: LoopHooks,
  position: Position,
  batcher: Batcher,
  last: number,
): Promise<boolean> {
  const { trainer, split, settings } = options;
  const perEpoch = stepsPerEpoch(split.train.end - split.train.begin, settings.batchSize);
  const planned = scheduledSteps(options);
  const { epoch, sums } = position;
  const order = epochOrder(split.train, settings.seed, epoch, settings.shuffle);
  while (sums.seen < order.length && position.step < last) {
    if (!(await hooks.goOn())) return false;
    const size = Math.min(settings.batchSize, order.length - sums.seen);
    const learningRate = position.plateau.factor * learningRateAt(settings, position.step, perEpoch, planned);
    const begin = performance.now();
    const batch = batcher.fill(order, sums.seen, size, epoch);
    const result = await trainer.step(batch, { ...settings, learningRate }, position.step).catch((error: unknown) => {
      throw error instanceof NotFiniteError ? diverged(error, position.step + 1, settings) : error;
    });
    sums.milliseconds += performance.now() - begin;
    sums.loss += result.loss * size;
    sums.correct += result.correct;
    sums.seen += size;
    position.step += 1;
    hooks.onStep(size, result);
  }
  return true;
}

function diverged(error: NotFiniteError, step: number, settings: TrainingSettings): DivergedError {
  const { loss } = error;
  const what = Number.isFinite(loss) ? 'A weight became infinite or no number' : `The loss became ${loss}`;
  const kept = `The weights of step ${step - 1} are kept.`;
  return new DivergedError(`${what} at step ${step}${origin(error)}. ${kept} ${advice(settings)}`);
}

/** The same where the weights are still numbers, but so large that the held-back pictures make them overflow. */
function divergedIn(error: NotFiniteError, step: number, settings: TrainingSettings): DivergedError {
  return new DivergedError(
    `The validation loss became ${error.loss} at step ${step}${origin(error)}. ${advice(settings)}`,
  );
}

function origin({ culprit }: NotFiniteError): string {
  return culprit === undefined ? '' : `; it began in ${culprit}`;
}

function advice({ learningRate }: TrainingSettings): string {
  return `Lower the learning rate (it is ${learningRate}), or limit the gradient with Clip norm, and train again.`;
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
