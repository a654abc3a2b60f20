import type { Network } from '#core/network/network.ts';
import { findTemplate } from '#core/templates/index.ts';
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

export interface BenchedNetwork {
  readonly name: string;
  readonly network: Network;
  /** Pictures in a step. */
  readonly batch: number;
  /** Steps of a turn. */
  readonly steps: number;
  /** How many times PyTorch's images a second on two cores are wanted. */
  readonly bar: number;
}

/** The networks whose training step is compared with other programs'. */
export function benchedNetworks(): readonly BenchedNetwork[] {
  const template = (id: string) => findTemplate(id)!.create().network;
  return [
    { name: 'LeNet-5', network: template('lenet5'), batch: 64, steps: 60, bar: 1.5 },
    { name: 'ConvNetJS CIFAR-10', network: template('convnetjs-cifar10'), batch: 64, steps: 25, bar: 1.2 },
    { name: 'vgg-small', network: vggSmall(), batch: 64, steps: 10, bar: 1.2 },
    { name: 'ResNet-20', network: template('resnet20'), batch: 64, steps: 8, bar: 1.2 },
    { name: 'AlexNet', network: template('alexnet'), batch: 8, steps: 4, bar: 1 },
  ];
}
