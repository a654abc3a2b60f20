import { Chain, IMAGENET_PIXELS } from './chain.ts';

/**
 * AlexNet (Krizhevsky et al. 2012) as the lecture has it: 227×227 (the paper's 224 does not fit an 11×11 CONV with
 * stride 4), one column instead of two GPUs' halves, LRN behind the first two POOLs.
 */
export function alexnet() {
  const chain = new Chain();
  chain.add('Input', { channels: 3, height: 227, width: 227, ...IMAGENET_PIXELS });
  const conv = (filters: number, kernelSize: number, strides: number, padding: number) => {
    chain.add('Conv2D', { filters, kernelSize, strides, padding });
    chain.add('ReLU');
  };
  const pool = () => chain.add('MaxPooling2D', { poolSize: 3, strides: 2 });
  const norm = () => chain.add('LocalResponseNormalization', { size: 5, alpha: 1e-4, beta: 0.75, bias: 2 });
  conv(96, 11, 4, 0);
  pool();
  norm();
  conv(256, 5, 1, 2);
  pool();
  norm();
  conv(384, 3, 1, 1);
  conv(384, 3, 1, 1);
  conv(256, 3, 1, 1);
  pool();
  chain.add('Flatten');
  for (let i = 0; i < 2; i++) {
    chain.add('Dense', { units: 4096 });
    chain.add('ReLU');
    chain.add('Dropout', { rate: 0.5 });
  }
  chain.add('Dense', { units: 1000 });
  chain.add('Softmax');
  return chain.design('AlexNet', { epochs: 90, batchSize: 128, learningRate: 0.01, weightDecay: 5e-4 });
}
