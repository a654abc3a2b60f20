import { Chain, IMAGENET_PIXELS } from './chain.ts';
import { addNormalisedConv } from './normalised.ts';

/** Depth and stride of each depthwise separable CONV: Table 1 of Howard et al. (2017). */
const UNITS: readonly (readonly [filters: number, strides: 1 | 2])[] = [
  [64, 1],
  [128, 2],
  [128, 1],
  [256, 2],
  [256, 1],
  [512, 2],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [1024, 2],
  // The paper prints stride 2 here, with which 7×7 would not stay 7×7 as in its next row.
  [1024, 1],
];

/**
 * MobileNet v1 with width multiplier 1 for 224×224 (Howard et al. 2017): a depthwise 3×3 CONV and a 1×1 CONV, each with
 * BATCH NORM and ReLU, as one block. ReLU is the paper's; the published weights were trained with ReLU cut off at 6.
 * The training settings are not the paper's (RMSprop on many machines), but those of the ResNets, which one can run.
 */
export function mobilenet() {
  const chain = new Chain();
  chain.add('Input', { channels: 3, height: 224, width: 224, ...IMAGENET_PIXELS });
  let depth = 32;
  addNormalisedConv(chain, { filters: depth, kernelSize: 3, strides: 2 });
  chain.add('ReLU');
  for (const [filters, strides] of UNITS) {
    const name = depth === filters ? `separable ${filters}` : `separable ${depth}→${filters}`;
    chain.block(name, (inside) => drawSeparable(inside, filters, strides));
    depth = filters;
  }
  chain.add('GlobalAveragePooling2D');
  chain.add('Dense', { units: 1000 });
  chain.add('Softmax');
  return chain.design('MobileNet', {
    epochs: 90,
    batchSize: 256,
    learningRate: 0.1,
    weightDecay: 4e-5,
    schedule: 'cosine',
  });
}

function drawSeparable(chain: Chain, filters: number, strides: number): void {
  chain.add('DepthwiseConv2D', { kernelSize: 3, strides, padding: 1, useBias: false });
  chain.add('BatchNormalization');
  chain.add('ReLU');
  addNormalisedConv(chain, { filters, kernelSize: 1 });
  chain.add('ReLU');
}
