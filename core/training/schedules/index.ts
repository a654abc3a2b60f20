import type { TrainingSettings } from '../settings.ts';
import { alongCosine, defineSchedule, type ScheduleDefinition } from './define.ts';
import { plateau } from './plateau.ts';

const constant = defineSchedule({ kind: 'constant', label: 'Constant', uses: [], factor: () => 1 });

/** Makes up for the rounding of a share of an epoch in steps: 0.1 epochs of 3 steps are 0.30000000000000004. */
const STEP_TOLERANCE = 1e-6;

/** × factor every N epochs, as torch.optim.lr_scheduler.StepLR; N may be a part of an epoch. */
const step = defineSchedule({
  kind: 'step',
  label: 'Steps',
  uses: ['decayFactor', 'decayEvery'],
  factor: ({ step: at, stepsPerEpoch }, { decayFactor, decayEvery }) =>
    decayFactor ** Math.floor((at + STEP_TOLERANCE) / (decayEvery * stepsPerEpoch)),
});

/**
 * × factor over every N epochs, a little with each step: as torch.optim.lr_scheduler.ExponentialLR with
 * gamma = factor^(1/N), but that goes on in each step and not once an epoch.
 */
const exponential = defineSchedule({
  kind: 'exponential',
  label: 'Exponential',
  uses: ['decayFactor', 'decayEvery'],
  factor: ({ step: at, stepsPerEpoch }, { decayFactor, decayEvery }) =>
    decayFactor ** (at / (decayEvery * stepsPerEpoch)),
});

/**
 * Half a cosine from 1 towards 0, where it would be one step after the last (Loshchilov and Hutter 2017, without restarts):
 * torch.optim.lr_scheduler.CosineAnnealingLR with T_max = all steps, called after each.
 */
const cosine = defineSchedule({
  kind: 'cosine',
  label: 'Cosine',
  uses: [],
  factor: ({ step: at, steps }) => alongCosine(1, 0, at / steps),
});

/** torch.optim.lr_scheduler.OneCycleLR's pct_start, div_factor and final_div_factor. */
const CLIMB = 0.3;
const FIRST = 1 / 25;
const LAST = FIRST / 1e4;

/**
 * Up to the learning rate along a cosine in the first 30 % of the run, then down to 4 millionths of it in the last step
 * (Smith 2018): torch.optim.lr_scheduler.OneCycleLR called after each step, without its cycle of the momentum.
 */
const oneCycle = defineSchedule({
  kind: 'oneCycle',
  label: 'One cycle',
  uses: [],
  factor: ({ step: at, steps }) => {
    const top = CLIMB * steps - 1;
    return at <= top ? alongCosine(FIRST, 1, at / top) : alongCosine(1, LAST, (at - top) / (steps - 1 - top));
  },
});

/** Every schedule, in the order in which they are offered. */
export const SCHEDULES = { constant, step, exponential, cosine, oneCycle, plateau } as const;
export type ScheduleKind = keyof typeof SCHEDULES;

export function schedule(kind: ScheduleKind): ScheduleDefinition {
  return SCHEDULES[kind];
}

/**
 * The learning rate of a step (from 0): the schedule's, after a linear warm-up. In the warm-up's step i of n it is multiplied
 * by (i + 1)/n, so that the first step moves too: torch.optim.lr_scheduler.LinearLR with start_factor = 1/n and
 * total_iters = n − 1, chained with the schedule.
 */
export function learningRateAt(settings: TrainingSettings, step: number, stepsPerEpoch: number, steps: number): number {
  const { learningRate, warmupEpochs } = settings;
  const warm = Math.round(warmupEpochs * stepsPerEpoch);
  const warming = step < warm ? (step + 1) / warm : 1;
  return learningRate * warming * schedule(settings.schedule).factor({ step, stepsPerEpoch, steps }, settings);
}
