import type { NetworkReport } from '#core/network/report.ts';
import { layerWithOneValue } from '#core/training/batch-norm-values.ts';

/** A step in which a BATCH NORM has a single value for each channel; the message says what to do. */
export class BatchNormError extends Error {
  override readonly name = 'BatchNormError';
}

/**
 * @param size images of a step
 * @param atOnce images of it that are computed at once
 * @throws BatchNormError where a step, or a part of it, has one image and a BATCH NORM one value a channel
 */
export function checkBatchNorm(report: NetworkReport, size: number, atOnce: number): void {
  const smallest = size % atOnce === 0 ? atOnce : size % atOnce;
  const layer = layerWithOneValue(report, smallest);
  if (layer === undefined) return;
  const needs = `BATCH NORM ${layer.name} needs more than one value for each channel in a step, and a single image gives it one`;
  const why =
    size === 1
      ? 'Choose a batch size above 1 that leaves no single image for the last step of an epoch (as 33 images at 16 do)'
      : `There is memory for ${atOnce} of ${size} images at once, which leaves one by itself: choose another batch size`;
  throw new BatchNormError(`${needs}. ${why}, put BATCH NORM before the FLATTEN, or freeze it.`);
}
