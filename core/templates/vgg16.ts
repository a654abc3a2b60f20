import { Chain, IMAGENET_PIXELS } from './chain.ts';

/** VGG-16, configuration D (Simonyan and Zisserman 2014): 3×3 CONVs only. */
export function vgg16() {
  const chain = new Chain();
  chain.add('Input', { channels: 3, height: 224, width: 224, ...IMAGENET_PIXELS });
  const stages = [
    [2, 64],
    [2, 128],
    [3, 256],
    [3, 512],
    [3, 512],
  ] as const;
  for (const [count, filters] of stages) {
    for (let i = 0; i < count; i++) {
      chain.add('Conv2D', { filters, kernelSize: 3, padding: 1 });
      chain.add('ReLU');
    }
    chain.add('MaxPooling2D');
  }
  chain.add('Flatten');
  for (let i = 0; i < 2; i++) {
    chain.add('Dense', { units: 4096 });
    chain.add('ReLU');
    chain.add('Dropout', { rate: 0.5 });
  }
  chain.add('Dense', { units: 1000 });
  chain.add('Softmax');
  return chain.design('VGG-16', { epochs: 74, batchSize: 256, learningRate: 0.01, weightDecay: 5e-4 });
}
