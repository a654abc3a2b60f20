import type { Network } from '#core/network/network.ts';
import { chain, conv, input, type Step } from '../test/networks.ts';

/** A chain with this many layers: INPUT, blocks of CONV, RELU and BATCH NORM, and a classifier. */
export function longNetwork(layers: number): Network {
  const ends = 4;
  const block: readonly Step[] = [conv(16, 3, 1, 1), ['ReLU'], ['BatchNormalization']];
  const blocks = Array.from({ length: layers - ends }, (_, i) => block[i % block.length] as Step);
  return chain(input(3, 32), ...blocks, ['GlobalAveragePooling2D'], ['Dense', { units: 10 }], ['Softmax']);
}
