import { Chain, IMAGENET_PIXELS, KRIZHEVSKY_LRN } from './chain.ts';
import { addLargeClassifier } from './large-classifier.ts';

/** A CONV with its kernel size and filters, or an LRN. */
type Step = readonly [kernelSize: 1 | 3, filters: number] | 'LRN';

const c64: Step = [3, 64];
const c128: Step = [3, 128];
const c256: Step = [3, 256];
const c512: Step = [3, 512];

/** Table 1 of Simonyan and Zisserman (2014): the rounds between the POOLs, column by column. */
const CONFIGURATIONS = {
  A: [[c64], [c128], [c256, c256], [c512, c512], [c512, c512]],
  'A-LRN': [[c64, 'LRN'], [c128], [c256, c256], [c512, c512], [c512, c512]],
  B: [
    [c64, c64],
    [c128, c128],
    [c256, c256],
    [c512, c512],
    [c512, c512],
  ],
  C: [
    [c64, c64],
    [c128, c128],
    [c256, c256, [1, 256]],
    [c512, c512, [1, 512]],
    [c512, c512, [1, 512]],
  ],
  D: [
    [c64, c64],
    [c128, c128],
    [c256, c256, c256],
    [c512, c512, c512],
    [c512, c512, c512],
  ],
  E: [
    [c64, c64],
    [c128, c128],
    [c256, c256, c256, c256],
    [c512, c512, c512, c512],
    [c512, c512, c512, c512],
  ],
} as const satisfies Readonly<Record<string, readonly (readonly Step[])[]>>;

export type VggConfiguration = keyof typeof CONFIGURATIONS;

/**
 * One of the VGG networks (Simonyan and Zisserman 2014): 3×3 CONVs only, but for configuration C's 1×1; 2×2 POOLs halve
 * 224×224 five times. The paper does not say where A-LRN's LRN stands to the ReLU; it is behind it here, as in AlexNet.
 */
export function vgg(configuration: VggConfiguration, name: string) {
  const chain = new Chain();
  chain.add('Input', { channels: 3, height: 224, width: 224, ...IMAGENET_PIXELS });
  const rounds: readonly (readonly Step[])[] = CONFIGURATIONS[configuration];
  for (const round of rounds) {
    for (const step of round) addStep(chain, step);
    chain.add('MaxPooling2D');
  }
  addLargeClassifier(chain);
  return chain.design(name, { epochs: 74, batchSize: 256, learningRate: 0.01, weightDecay: 5e-4 });
}

function addStep(chain: Chain, step: Step): void {
  if (step === 'LRN') {
    chain.add('LocalResponseNormalization', KRIZHEVSKY_LRN);
    return;
  }
  const [kernelSize, filters] = step;
  chain.add('Conv2D', { filters, kernelSize, padding: (kernelSize - 1) / 2 });
  chain.add('ReLU');
}
