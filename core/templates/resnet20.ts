import { Chain, CIFAR10_CLASSES, CIFAR10_PIXELS } from './chain.ts';
import { addNormalisedConv } from './normalised.ts';
import { addBasicUnit } from './residual.ts';

/**
 * ResNet-20 for CIFAR-10 (He et al. 2015, section 4.2): three stages of three two-layer units; where the size changes,
 * a 1×1 CONV with stride 2 on the shortcut (option B). Drawn without blocks, so that every layer is on the canvas.
 */
export function resnet20() {
  const chain = new Chain();
  chain.add('Input', { channels: 3, height: 32, width: 32, ...CIFAR10_PIXELS });
  addNormalisedConv(chain, { filters: 16, kernelSize: 3 });
  let trunk = chain.add('ReLU');
  for (const [stage, filters] of [16, 32, 64].entries()) {
    for (let unit = 0; unit < 3; unit++) {
      const shrinks = stage > 0 && unit === 0;
      trunk = addBasicUnit(chain, trunk, { filters, strides: shrinks ? 2 : 1, projects: shrinks });
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
