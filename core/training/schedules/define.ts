import type { TrainingSettings } from '../settings.ts';

/** Where in a run a step is. */
export interface Progress {
  /** The step, from 0. */
  readonly step: number;
  readonly stepsPerEpoch: number;
  /** Steps that the schedule is planned for. */
  readonly steps: number;
}

export type ScheduleSettings = Pick<TrainingSettings, 'epochs' | 'decayFactor' | 'decayEvery' | 'patience'>;

/** How the learning rate changes over a run. */
export interface ScheduleDefinition<K extends string = string> {
  readonly kind: K;
  readonly label: string;
  /** Settings that it reads. */
  readonly uses: readonly (keyof TrainingSettings)[];
  /** What the learning rate is multiplied by. */
  factor(progress: Progress, settings: ScheduleSettings): number;
}

export function defineSchedule<const K extends string>(definition: ScheduleDefinition<K>): ScheduleDefinition<K> {
  return definition;
}

/** Half a cosine from one number to another, as `share` goes from 0 to 1. */
export function alongCosine(from: number, to: number, share: number): number {
  return to + ((from - to) / 2) * (1 + Math.cos(Math.PI * share));
}
