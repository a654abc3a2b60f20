import type { LayerId } from '../network/network.ts';
import { Chain, CIFAR10_CLASSES, CIFAR10_PIXELS } from './chain.ts';

/**
 * ResNet-20 for CIFAR-10 (He et al. 2015, section 4.2): three stages of three two-layer blocks; where the size changes,
 * a 1×1 CONV with stride 2 on the shortcut (option B).
 */
export function resnet20() {
  const chain = new Chain();
  const conv = (filters: number, kernelSize: number, strides: number, after?: LayerId) => {
    const padding = (kernelSize - 1) / 2;
    chain.add('Conv2D', { filters, kernelSize, strides, padding, useBias: false }, after ? [after] : undefined);
    return chain.add('BatchNormalization');
  };
  chain.add('Input', { channels: 3, height: 32, width: 32, ...CIFAR10_PIXELS });
  conv(16, 3, 1);
  let trunk = chain.add('ReLU');
  for (const [stage, filters] of [16, 32, 64].entries()) {
    for (let block = 0; block < 3; block++) {
      const shrinks = stage > 0 && block === 0;
      conv(filters, 3, shrinks ? 2 : 1, trunk);
      chain.add('ReLU');
      const body = conv(filters, 3, 1);
      const shortcut = shrinks ? conv(filters, 1, 2, trunk) : trunk;
      chain.add('Add', {}, [body, shortcut]);
      trunk = chain.add('ReLU');
    }
  }
  chain.add('GlobalAveragePooling2D');
  chain.add('Dense', { units: 10 });
  chain.add('Softmax');
  return chain.design(
    'ResNet-20',
    { epochs: 30, batchSize: 128, learningRate: 0.1, weightDecay: 1e-4 },
    CIFAR10_CLASSES,
  );
}
