import { canvasLayer } from '../../network/expand.ts';
import type { Fix } from '../../network/problems.ts';
import type { LayerReport } from '../../network/report.ts';
import { elements } from '../../shape.ts';
import { isFrozen } from '../rates.ts';
import type { Check, Checked } from './define.ts';

/**
 * BATCH NORM would see a single value a channel: one image, and maps of one pixel. Such a value is its own mean, so that
 * nothing is left of it (PyTorch refuses it as well: "Expected more than 1 value per channel when training").
 */
export const batchOfOne: Check = (checked) => {
  const { report, training, data } = checked;
  const found = report.order.flatMap((id) => report.layers.get(id) ?? []).find(normalizesSingleValues);
  const rest = lastBatch(checked);
  if (found === undefined || (training.batchSize > 1 && rest !== 1)) return [];
  const where =
    training.batchSize === 1
      ? 'batches of one image'
      : `a last batch of one image (${data?.trainCount} images in batches of ${training.batchSize})`;
  return [
    {
      code: 'batch-of-one',
      severity: 'error',
      layer: canvasLayer(found.layer.id),
      message: `${found.layer.name} normalises each channel over the batch, and gets one value a channel from an image: with ${where} nothing is left of it. Choose another batch size.`,
      fixes: batchSizeFixes(checked),
    },
  ];
};

function normalizesSingleValues({ layer, shape = [] }: LayerReport): boolean {
  return layer.kind === 'BatchNormalization' && !isFrozen(layer) && elements(shape) === shape[0];
}

/** Images in the last batch of an epoch; undefined where the data set is not known. */
function lastBatch({ training: { batchSize }, data }: Checked): number | undefined {
  if (data === undefined) return undefined;
  return data.trainCount % batchSize || Math.min(batchSize, data.trainCount);
}

function batchSizeFixes({ training, data }: Checked): readonly Fix[] {
  const works = (size: number) => size > 1 && (data === undefined || data.trainCount % size !== 1);
  const sizes = [training.batchSize - 1, training.batchSize + 1, training.batchSize + 2].filter(works).slice(0, 2);
  return sizes.map((batchSize) => ({ label: `Set batch size to ${batchSize}`, edits: [], training: { batchSize } }));
}
