/** Losses and accuracies of consecutive steps. */
export interface StepSeries {
  /** Number of the first step, counted from 1. */
  readonly first: number;
  /** Steps that each value is the mean of. */
  readonly every: number;
  readonly losses: Float32Array;
  readonly accuracies: Float32Array;
}

/** A whole history, as it goes from one process to another. Its last value may stand for fewer steps than the others. */
export interface StepHistoryState extends Omit<StepSeries, 'first'> {
  /** Steps in all. */
  readonly count: number;
}

/** Values kept at most; beyond that neighbours are averaged. More than any screen has columns. */
export const MAX_VALUES = 16_384;

/** The losses and accuracies of a run's steps, thinned out as the run grows long: enough to draw, and never more. */
export class StepHistory {
  #every = 1;
  readonly #losses: number[] = [];
  readonly #accuracies: number[] = [];
  /** Steps that have come but do not fill a value yet. */
  #open = { loss: 0, accuracy: 0, count: 0 };
  #count = 0;

  /** Steps seen so far. */
  get count(): number {
    return this.#count;
  }

  /** A history that goes on from a state. */
  static from({ every, count, losses, accuracies }: StepHistoryState): StepHistory {
    const history = new StepHistory();
    const open = count % every;
    const full = (count - open) / every;
    history.#every = every;
    history.#count = count;
    history.#losses.push(...losses.subarray(0, full));
    history.#accuracies.push(...accuracies.subarray(0, full));
    if (open > 0) {
      history.#open = { loss: open * (losses[full] ?? 0), accuracy: open * (accuracies[full] ?? 0), count: open };
    }
    return history;
  }

  /**
   * Adds steps by their numbers. A series that overlaps those seen is taken from where it goes on.
   *
   * @returns false where steps are missing between those seen and these: nothing is added then
   */
  append({ first, every, losses, accuracies }: StepSeries): boolean {
    if (losses.length > 0 && first > this.#count + 1) return false;
    for (let i = 0; i < losses.length; i++) {
      const behind = first + (i + 1) * every;
      this.#push(losses[i] as number, accuracies[i] as number, behind - Math.max(first + i * every, this.#count + 1));
    }
    return true;
  }

  state(): StepHistoryState {
    const { loss, accuracy, count } = this.#open;
    const rest = (sum: number) => (count === 0 ? [] : [sum / count]);
    return {
      every: this.#every,
      count: this.#count,
      losses: Float32Array.from([...this.#losses, ...rest(loss)]),
      accuracies: Float32Array.from([...this.#accuracies, ...rest(accuracy)]),
    };
  }

  series(): StepSeries {
    return {
      first: 1,
      every: this.#every,
      losses: Float32Array.from(this.#losses),
      accuracies: Float32Array.from(this.#accuracies),
    };
  }

  /** Adds so many steps of the same values: as many at once as fill what is open, so that a million take no time. */
  #push(loss: number, accuracy: number, steps: number): void {
    for (let left = steps; left > 0; ) {
      const open = this.#open;
      const taken = Math.min(left, this.#every - open.count);
      left -= taken;
      this.#count += taken;
      open.loss += taken * loss;
      open.accuracy += taken * accuracy;
      open.count += taken;
      if (open.count < this.#every) return;
      this.#losses.push(open.loss / open.count);
      this.#accuracies.push(open.accuracy / open.count);
      this.#open = { loss: 0, accuracy: 0, count: 0 };
      if (this.#losses.length === MAX_VALUES) this.#halve();
    }
  }

  #halve(): void {
    for (const values of [this.#losses, this.#accuracies]) {
      for (let i = 0; i < MAX_VALUES / 2; i++)
        values[i] = ((values[2 * i] as number) + (values[2 * i + 1] as number)) / 2;
      values.length = MAX_VALUES / 2;
    }
    this.#every *= 2;
  }
}
