import type { LayerId } from '../network/network.ts';
import type { Chain } from './chain.ts';

interface Convolution {
  readonly filters: number;
  readonly kernelSize: number;
  readonly strides?: number;
  /** What feeds it, if that is not the last layer. */
  readonly after?: LayerId;
}

/** A CONV that keeps the size (but for its stride), without bias, and BATCH NORM; answers the latter. */
export function addNormalisedConv(chain: Chain, { filters, kernelSize, strides = 1, after }: Convolution): LayerId {
  const padding = (kernelSize - 1) / 2;
  chain.add('Conv2D', { filters, kernelSize, strides, padding, useBias: false }, after ? [after] : undefined);
  return chain.add('BatchNormalization');
}
