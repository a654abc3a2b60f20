import { layerDefinition } from '../layers/index.ts';
import type { Layer } from '../network/network.ts';
import type { NetworkReport } from '../network/report.ts';
import { elements } from '../shape.ts';
import { isFrozen } from './rates.ts';

/**
 * The first layer that has a single value for each channel in a batch of so many images, and learns from its mean and
 * variance over the batch: BATCH NORM on a vector, or on a volume of one pixel, with one image. The value is then its own
 * mean, the variance is 0, and what comes out says nothing of the image. torch.nn.BatchNorm1d refuses the same
 * ("Expected more than 1 value per channel when training").
 *
 * @param images of the batch, or of the part of it that is computed at once
 */
export function layerWithOneValue({ order, layers }: NetworkReport, images: number): Layer | undefined {
  for (const id of order) {
    const { layer, shape = [] } = layers.get(id) ?? {};
    if (layer === undefined || isFrozen(layer) || !layerDefinition(layer.kind)?.normalizesBatch) continue;
    if (images * elements(shape.slice(1)) === 1) return layer;
  }
  return undefined;
}
