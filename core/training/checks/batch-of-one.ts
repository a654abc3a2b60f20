import { canvasLayer } from '../../network/expand.ts';
import type { Fix } from '../../network/problems.ts';
import { layerWithOneValue } from '../batch-norm-values.ts';
import type { Check, Checked } from './define.ts';

/** BATCH NORM would see a single value a channel: batches, or a last batch, of one image, and maps of one pixel. */
export const batchOfOne: Check = (checked) => {
  const { report, training, data } = checked;
  const found = layerWithOneValue(report, 1);
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
      layer: canvasLayer(found.id),
      message: `${found.name} normalises each channel over the batch, and gets one value a channel from an image: with ${where} nothing is left of it. Choose another batch size.`,
      fixes: batchSizeFixes(checked),
    },
  ];
};

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
