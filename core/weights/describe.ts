import { kindLabel } from '../layers/index.ts';
import type { LayerTransfer, TransferReason, WeightTransfer } from './transfer.ts';

/** A layer's weights in words. */
export interface DescribedTransfer extends Pick<LayerTransfer, 'layer' | 'name' | 'state'> {
  /** Why not all of them are trained; empty where they are. */
  readonly reason: string;
}

export function describeTransfer({ layers }: WeightTransfer): DescribedTransfer[] {
  return layers.map(({ layer, name, state, reasons }) => ({
    layer,
    name,
    state,
    reason: reasons.map(describeReason).join('; '),
  }));
}

function describeReason(reason: TransferReason): string {
  switch (reason.code) {
    case 'new-layer':
      return 'added after the training';
    case 'other-kind':
      return `was ${kindLabel(reason.before)} when it was trained`;
    case 'other-size': {
      const size = (dims: readonly number[]) => dims.join('×');
      const before = reason.before === undefined ? 'none' : size(reason.before);
      return `its ${reason.tensor} was ${before} and is ${size(reason.after)} now`;
    }
    default:
      return reason satisfies never;
  }
}
