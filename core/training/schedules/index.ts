import type { TrainingSettings } from '../settings.ts';
import { defineSchedule, type Progress, type ScheduleDefinition } from './define.ts';

const constant = defineSchedule({ kind: 'constant', label: 'Constant', uses: [], factor: () => 1 });

/** × factor every N epochs. */
const step = defineSchedule({
  kind: 'step',
  label: 'Steps',
  uses: ['decayFactor', 'decayEvery'],
  factor: ({ epoch }, { decayFactor, decayEvery }) => decayFactor ** Math.floor(epoch / decayEvery),
});

/** × factor over every N epochs, a little with each step. */
const exponential = defineSchedule({
  kind: 'exponential',
  label: 'Exponential',
  uses: ['decayFactor', 'decayEvery'],
  factor: ({ epoch }, { decayFactor, decayEvery }) => decayFactor ** (epoch / decayEvery),
});

/** Half a cosine from 1 to 0 (Loshchilov and Hutter 2017, without restarts). */
const cosine = defineSchedule({
  kind: 'cosine',
  label: 'Cosine',
  uses: [],
  factor: ({ share }) => (1 + Math.cos(Math.PI * share)) / 2,
});

/** Share of the run in which one-cycle climbs, and where it starts. */
const CLIMB = 0.3;
const START = 1 / 25;

/** Up to the learning rate along a cosine in the first 30 %, then down to 0 (Smith 2018). */
const oneCycle = defineSchedule({
  kind: 'oneCycle',
  label: 'One cycle',
  uses: [],
  factor: ({ share }) => {
    if (share >= CLIMB) return (1 + Math.cos((Math.PI * (share - CLIMB)) / (1 - CLIMB))) / 2;
    return START + ((1 - START) * (1 - Math.cos((Math.PI * share) / CLIMB))) / 2;
  },
});

/** × factor when the validation loss has not fallen for N epochs; what has happened decides, not the step. */
const plateau = defineSchedule({
  kind: 'plateau',
  label: 'Plateau',
  uses: ['decayFactor', 'patience'],
  factor: () => 1,
});

/** Every schedule, in the order in which they are offered. */
export const SCHEDULES = { constant, step, exponential, cosine, oneCycle, plateau } as const;
export type ScheduleKind = keyof typeof SCHEDULES;

export function schedule(kind: ScheduleKind): ScheduleDefinition {
  return SCHEDULES[kind];
}

/** Where step `step` (from 0) of a run lies. */
export function progressAt(step: number, stepsPerEpoch: number, steps: number): Progress {
  return { epoch: step / stepsPerEpoch, share: steps <= 1 ? 0 : Math.min(1, step / (steps - 1)) };
}

/**
 * The learning rate of a step: the schedule's, after a linear warm-up. In the warm-up's step i of n it is multiplied by
 * (i + 1)/n, so that the first step moves too.
 */
export function learningRateAt(settings: TrainingSettings, step: number, stepsPerEpoch: number, steps: number): number {
  const { learningRate, warmupEpochs } = settings;
  const warm = Math.round(warmupEpochs * stepsPerEpoch);
  const warming = step < warm ? (step + 1) / warm : 1;
  return learningRate * warming * schedule(settings.schedule).factor(progressAt(step, stepsPerEpoch, steps), settings);
}

/** What a Plateau knows, as it stands in a checkpoint; `best` is null before the first epoch. */
export interface PlateauState {
  readonly best: number | null;
  readonly resting: number;
  readonly factor: number;
}

/** Drops the rate where the validation loss rests: counts epochs, and answers what the rate is multiplied by. */
export class Plateau {
  #state: PlateauState;

  constructor(state: PlateauState = { best: null, resting: 0, factor: 1 }) {
    this.#state = state;
  }

  get factor(): number {
    return this.#state.factor;
  }

  /** Takes the validation loss of an epoch. */
  add(loss: number, { decayFactor, patience }: Pick<TrainingSettings, 'decayFactor' | 'patience'>): void {
    const { best, resting, factor } = this.#state;
    if (best === null || loss < best) this.#state = { best: loss, resting: 0, factor };
    else if (resting + 1 < patience) this.#state = { best, resting: resting + 1, factor };
    else this.#state = { best, resting: 0, factor: factor * decayFactor };
  }

  toJSON(): PlateauState {
    return this.#state;
  }
}
