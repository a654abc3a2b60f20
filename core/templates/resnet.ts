import { Chain, IMAGENET_PIXELS } from './chain.ts';
import { addNormalisedConv } from './normalised.ts';
import { addBasicUnit, addBottleneckUnit, EXPANSION } from './residual.ts';

/** Units of each stage: Table 1 of He et al. (2015). */
const DEPTHS = {
  18: { unit: 'basic', stages: [2, 2, 2, 2] },
  34: { unit: 'basic', stages: [3, 4, 6, 3] },
  50: { unit: 'bottleneck', stages: [3, 4, 6, 3] },
} as const;

const UNITS = {
  basic: { add: addBasicUnit, expansion: 1 },
  bottleneck: { add: addBottleneckUnit, expansion: EXPANSION },
} as const;

/**
 * ResNet-18, -34 or -50 for ImageNet (He et al. 2015) as torchvision has them; every residual unit is a block, named after
 * its kind and its depths. Trained as torchvision does: 90 epochs, a rate of 0.1 that is divided by 10 every 30.
 */
export function resnet(layers: keyof typeof DEPTHS) {
  const { unit, stages } = DEPTHS[layers];
  const { add, expansion } = UNITS[unit];
  const chain = new Chain();
  chain.add('Input', { channels: 3, height: 224, width: 224, ...IMAGENET_PIXELS });
  addNormalisedConv(chain, { filters: 64, kernelSize: 7, strides: 2 });
  chain.add('ReLU');
  chain.add('MaxPooling2D', { poolSize: 3, strides: 2, padding: 1 });
  let depth = 64;
  for (const [stage, count] of stages.entries()) {
    const filters = 64 * 2 ** stage;
    const deeper = filters * expansion;
    for (let i = 0; i < count; i++) {
      const strides = stage > 0 && i === 0 ? 2 : 1;
      const projects = depth !== deeper;
      const name = projects ? `${unit} ${depth}→${deeper}` : `${unit} ${deeper}`;
      chain.block(name, (inside, input) => add(inside, input, { filters, strides, projects }));
      depth = deeper;
    }
  }
  chain.add('GlobalAveragePooling2D');
  chain.add('Dense', { units: 1000 });
  chain.add('Softmax');
  return chain.design(`ResNet-${layers}`, {
    epochs: 90,
    batchSize: 256,
    learningRate: 0.1,
    weightDecay: 1e-4,
    schedule: 'step',
    decayEvery: 30,
  });
}
