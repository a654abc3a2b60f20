/** Losses and accuracies of a run's steps, thinned out as it grows long: enough to draw, never more than that. */
export interface StepSeries {
  /** Number of the first step, counted from 1. */
  readonly first: number;
  /** Steps that each value is the mean of. */
  readonly every: number;
  readonly losses: Float32Array;
  readonly accuracies: Float32Array;
}

/** Values kept at most; beyond that neighbours are averaged. More than any screen has columns. */
const MOST = 16_384;

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

  /** Adds steps that follow those seen. A series that overlaps them is taken from where it goes on. */
  append({ first, every, losses, accuracies }: StepSeries): void {
    for (let i = 0; i < losses.length; i++) {
      const step = first + i * every;
      if (step <= this.#count) continue;
      for (let k = 0; k < every; k++) this.#push(losses[i] as number, accuracies[i] as number);
    }
  }

  series(): StepSeries {
    return {
      first: 1,
      every: this.#every,
      losses: Float32Array.from(this.#losses),
      accuracies: Float32Array.from(this.#accuracies),
    };
  }

  #push(loss: number, accuracy: number): void {
    this.#count += 1;
    const open = this.#open;
    open.loss += loss;
    open.accuracy += accuracy;
    open.count += 1;
    if (open.count < this.#every) return;
    this.#losses.push(open.loss / open.count);
    this.#accuracies.push(open.accuracy / open.count);
    this.#open = { loss: 0, accuracy: 0, count: 0 };
    if (this.#losses.length === MOST) this.#halve();
  }

  #halve(): void {
    for (const values of [this.#losses, this.#accuracies]) {
      for (let i = 0; i < MOST / 2; i++) values[i] = ((values[2 * i] as number) + (values[2 * i + 1] as number)) / 2;
      values.length = MOST / 2;
    }
    this.#every *= 2;
  }
}
