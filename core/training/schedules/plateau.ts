import type { TrainingSettings } from '../settings.ts';
import { defineSchedule } from './define.ts';

/** × factor when the validation loss stops falling; what has happened decides, not the step: see `Plateau`. */
export const plateau = defineSchedule({
  kind: 'plateau',
  label: 'Plateau',
  uses: ['decayFactor', 'patience'],
  factor: () => 1,
});

/** A loss is lower where it falls by more than this share of the best. */
const THRESHOLD = 1e-4;
/** A change of the learning rate by no more than this is not made. */
const SMALLEST_CHANGE = 1e-8;

/** What a Plateau knows, as it stands in a checkpoint; `best` is null before the first epoch. */
export interface PlateauState {
  readonly best: number | null;
  /** Epochs since the best, or since the last drop. */
  readonly resting: number;
  readonly factor: number;
}

/**
 * Lowers the learning rate where the validation loss stops falling, as torch.optim.lr_scheduler.ReduceLROnPlateau with its
 * defaults: a loss counts as lower where it is below best · (1 − 1e-4); `patience` epochs without one are put up with, and
 * after one more the rate is multiplied by the factor, unless that changes it by 1e-8 or less.
 */
export class Plateau {
  #state: PlateauState;

  constructor(state: PlateauState = { best: null, resting: 0, factor: 1 }) {
    this.#state = state;
  }

  /** What the learning rate is multiplied by. */
  get factor(): number {
    return this.#state.factor;
  }

  /** Takes the validation loss of an epoch. */
  add(
    loss: number,
    {
      decayFactor,
      patience,
      learningRate,
    }: Pick<TrainingSettings, 'decayFactor' | 'patience'> & { readonly learningRate: number },
  ): void {
    const { best, resting, factor } = this.#state;
    if (best === null || loss < best * (1 - THRESHOLD)) this.#state = { best: loss, resting: 0, factor };
    else if (resting + 1 <= patience) this.#state = { best, resting: resting + 1, factor };
    else {
      const change = learningRate * factor * (1 - decayFactor);
      this.#state = { best, resting: 0, factor: change > SMALLEST_CHANGE ? factor * decayFactor : factor };
    }
  }

  toJSON(): PlateauState {
    return this.#state;
  }
}
