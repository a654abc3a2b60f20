import { type Totals, trainingBytes } from '../network/costs.ts';
import { fieldSides } from '../network/receptive-field.ts';
import type { NetworkReport } from '../network/report.ts';
import { slotCount } from '../training/optimizers/index.ts';
import type { TrainingSettings } from '../training/settings.ts';

/** What a design comes to as a whole. */
export interface DesignTotals extends Omit<Totals, 'activations' | 'trainableParams'> {
  /** Images in the batch that `trainingBytes` is for. */
  readonly batch: number;
  /** Bytes to train a batch, with the design's own optimizer. */
  readonly trainingBytes: number;
  /** Of the last layer that has one, in pixels of the input. */
  readonly receptiveField: readonly [height: number, width: number] | undefined;
  /** What stops training; sums then leave out the layers without a volume. */
  readonly problems: number;
}

export function designTotals(report: NetworkReport, { batchSize, optimizer }: TrainingSettings): DesignTotals {
  const { weights, params, macs, activationBytes } = report.totals;
  const last = report.order.findLast((id) => report.layers.get(id)?.receptiveField !== undefined);
  const field = report.layers.get(last ?? '')?.receptiveField;
  return {
    params,
    weights,
    macs,
    activationBytes,
    trainingBytes: trainingBytes(report.totals, batchSize, slotCount(optimizer)),
    batch: batchSize,
    receptiveField: field && fieldSides(field),
    problems: report.problems.length,
  };
}
