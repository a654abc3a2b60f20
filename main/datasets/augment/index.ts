import { randomStream } from '#core/random.ts';
import type { Volume } from '#core/shape.ts';
import { move } from './move.ts';
import type { Augmentation } from './settings.ts';
import { blankOut, tone } from './tone.ts';

export { type Augmentation, isAugmented } from './settings.ts';

/** Which of a run's many versions of a picture: the same one is always changed in the same way. */
export interface Version {
  readonly seed: number;
  /** Counts from 1. */
  readonly epoch: number;
  /** The picture's number in its data set. */
  readonly picture: number;
}

/**
 * Writes a picture as it is seen in one epoch. Every random number is drawn whether it is used or not, so that turning
 * one change on leaves the others what they were. (Mixup needs two pictures: see mixup.ts.)
 *
 * @param from [C, H, W]
 * @param to [C, H, W]
 */
export function augment(
  from: Uint8Array,
  to: Uint8Array,
  shape: Volume,
  settings: Augmentation,
  { seed, epoch, picture }: Version,
): void {
  const random = randomStream(seed, `augment/${epoch}/${picture}`);
  const [, height, width] = shape;
  const cropped = () => random.below(2 * settings.cropPadding + 1) - settings.cropPadding;
  const within = (share: number) => random.between(-share, share);
  const [cropDown, cropRight] = [cropped(), cropped()];
  const mirrored = random.uniform() < 0.5 && settings.flip;
  const down = cropDown + Math.round(within(settings.shift) * height);
  const right = cropRight + Math.round(within(settings.shift) * width);
  const angle = (within(settings.rotation) * Math.PI) / 180;
  const scale = 1 + within(settings.zoom);
  const brightness = within(settings.brightness);
  const contrast = 1 + within(settings.contrast);
  const centre = [random.below(height), random.below(width)] as const;
  move(from, to, shape, { down, right, mirrored, angle, scale });
  tone(to, brightness, contrast);
  if (settings.cutout > 0) blankOut(to, shape, settings.cutout, centre);
}
