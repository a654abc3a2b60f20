import { z } from 'zod';
import { Plateau } from '#core/training/schedules/plateau.ts';

const count = z.int().nonnegative();
const loss = z.number().nullable();

/**
 * Where a run is, as it stands in a checkpoint. Together with the design, the weights and the seed it decides all that
 * comes: the order of pictures, their changes and every random tensor follow from the seed and these numbers, so that
 * no generator has a state of its own.
 */
export const positionSchema = z.strictObject({
  /** Steps done. */
  step: count,
  /** The epoch under way, from 1. */
  epoch: z.int().positive(),
  /** What its steps came to so far; `seen` pictures of its order are done. */
  sums: z.strictObject({ loss: z.number(), correct: z.number(), seen: count, milliseconds: z.number() }),
  plateau: z.strictObject({ best: loss, resting: count, factor: z.number() }),
  /** The lowest validation loss, its epoch, and the epochs since. */
  best: z.strictObject({ loss, epoch: count, resting: count }),
});
type Saved = z.infer<typeof positionSchema>;

/** Where a run is; the loop moves it on. */
export class Position {
  step = 0;
  epoch = 1;
  sums: Saved['sums'] = { loss: 0, correct: 0, seen: 0, milliseconds: 0 };
  best: Saved['best'] = { loss: null, epoch: 0, resting: 0 };
  readonly plateau: Plateau;

  constructor(saved?: Saved) {
    this.plateau = new Plateau(saved?.plateau);
    if (saved === undefined) return;
    this.step = saved.step;
    this.epoch = saved.epoch;
    this.sums = { ...saved.sums };
    this.best = { ...saved.best };
  }

  /** Moves on to the next epoch with the validation loss of the one that is done; answers whether it was the lowest. */
  endEpoch(validationLoss: number): boolean {
    const lowest = this.best.loss === null || validationLoss < this.best.loss;
    this.best = lowest
      ? { loss: validationLoss, epoch: this.epoch, resting: 0 }
      : { ...this.best, resting: this.best.resting + 1 };
    this.epoch += 1;
    this.sums = { loss: 0, correct: 0, seen: 0, milliseconds: 0 };
    return lowest;
  }

  toJSON(): Saved {
    const { step, epoch, sums, best } = this;
    return { step, epoch, sums: { ...sums }, plateau: this.plateau.toJSON(), best: { ...best } };
  }
}
