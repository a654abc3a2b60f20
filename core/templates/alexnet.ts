import { Chain, IMAGENET_PIXELS, KRIZHEVSKY_LRN } from './chain.ts';
import { addLargeClassifier } from './large-classifier.ts';

/**
 * AlexNet (Krizhevsky et al. 2012) as the lecture has it: 227×227 (the paper's 224 does not fit an 11×11 CONV with
 * stride 4), LRN behind the first two POOLs.
 *
 * @param groups 1: one column, as it is drawn today. 2: the paper's halves on two GPUs, which see each other's maps in
 * CONV 3 and the FCs only.
 */
export function alexnet(groups: 1 | 2) {
  const chain = new Chain();
  chain.add('Input', { channels: 3, height: 227, width: 227, ...IMAGENET_PIXELS });
  const conv = (filters: number, kernelSize: number, strides: number, padding: number, split = 1) => {
    chain.add('Conv2D', { filters, kernelSize, strides, padding, groups: split });
    chain.add('ReLU');
  };
  const pool = () => chain.add('MaxPooling2D', { poolSize: 3, strides: 2 });
  const norm = () => chain.add('LocalResponseNormalization', KRIZHEVSKY_LRN);
  conv(96, 11, 4, 0);
  pool();
  norm();
  conv(256, 5, 1, 2, groups);
  pool();
  norm();
  conv(384, 3, 1, 1);
  conv(384, 3, 1, 1, groups);
  conv(256, 3, 1, 1, groups);
  pool();
  addLargeClassifier(chain);
  return chain.design(groups === 1 ? 'AlexNet' : 'AlexNet, grouped', {
    epochs: 90,
    batchSize: 128,
    learningRate: 0.01,
    weightDecay: 5e-4,
  });
}
