import type { TrainingSettings } from '#core/training/settings.ts';

/** The settings that change pictures while training. */
export const AUGMENTATIONS = [
  'cropPadding',
  'flip',
  'shift',
  'rotation',
  'zoom',
  'brightness',
  'contrast',
  'cutout',
  'mixup',
] as const satisfies readonly (keyof TrainingSettings)[];

export type Augmentation = Pick<TrainingSettings, (typeof AUGMENTATIONS)[number]>;

/** Whether the settings change any picture. */
export function isAugmented(settings: Augmentation): boolean {
  return AUGMENTATIONS.some((name) => settings[name] !== false && settings[name] !== 0);
}
