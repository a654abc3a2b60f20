import type { TrainingSettings } from '../settings.ts';

/** Where in a run a step is. */
export interface Progress {
  /** Epochs done, with the part of the one under way: 1.5 in the middle of the second. */
  readonly epoch: number;
  /** Share of the run that is done, from 0 to 1. */
  readonly share: number;
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
