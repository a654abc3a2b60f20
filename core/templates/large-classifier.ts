import type { Chain } from './chain.ts';

/** The end of AlexNet and the VGG networks: two FCs of 4,096 units, each with DROPOUT, and one for ImageNet's classes. */
export function addLargeClassifier(chain: Chain): void {
  chain.add('Flatten');
  for (let i = 0; i < 2; i++) {
    chain.add('Dense', { units: 4096 });
    chain.add('ReLU');
    chain.add('Dropout', { rate: 0.5 });
  }
  chain.add('Dense', { units: 1000 });
  chain.add('Softmax');
}
