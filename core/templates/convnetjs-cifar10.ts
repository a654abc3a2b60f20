import { Chain, CIFAR10_CLASSES } from './chain.ts';

/** The CIFAR-10 demo of ConvNetJS (Karpathy), which the lectures link to; pixels from −0.5 to 0.5. */
export function convnetjsCifar10() {
  const chain = new Chain();
  chain.add('Input', { channels: 3, height: 32, width: 32, mean: 127.5, scale: 255 });
  for (const filters of [16, 20, 20]) {
    chain.add('Conv2D', { filters, kernelSize: 5, padding: 2 });
    chain.add('ReLU');
    chain.add('MaxPooling2D');
  }
  chain.add('Flatten');
  chain.add('Dense', { units: 10 });
  chain.add('Softmax');
  return chain.design('ConvNetJS CIFAR-10', { epochs: 20, learningRate: 0.01, weightDecay: 1e-4 }, CIFAR10_CLASSES);
}
