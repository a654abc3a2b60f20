import type { Network } from '#core/network/network.ts';
import { chain, conv, input, type Step } from '../test/networks.ts';

/** A chain with this many layers: INPUT, blocks of CONV, RELU and BATCH NORM, and a classifier. */
export function longNetwork(layers: number): Network {
  const ends = 4;
  const block: readonly Step[] = [conv(16, 3, 1, 1), ['ReLU'], ['BatchNormalization']];
  const blocks = Array.from({ length: layers - ends }, (_, i) => block[i % block.length] as Step);
  return chain(input(3, 32), ...blocks, ['GlobalAveragePooling2D'], ['Dense', { units: 10 }], ['Softmax']);
}

/** Two rounds of two 3×3 CONVs and a POOL, then two FCs: a small VGG for CIFAR-10. */
export function vggSmall(): Network {
  const rounds = [32, 64].flatMap((filters): readonly Step[] => [
    conv(filters, 3, 1, 1),
    ['ReLU'],
    conv(filters, 3, 1, 1),
    ['ReLU'],
    ['MaxPooling2D'],
  ]);
  return chain(
    input(3, 32),
    ...rounds,
    ['Flatten'],
    ['Dense', { units: 128 }],
    ['ReLU'],
    ['Dense', { units: 10 }],
    ['Softmax'],
  );
}
