import { findTemplate } from '#core/templates/index.ts';
import { DEFAULT_TRAINING, type TrainingSettings } from '#core/training/settings.ts';
import { Batcher } from '#main/datasets/batches.ts';
import { median, repeat } from './report.ts';
import { trainingSteps } from './training-steps.ts';

export const title =
  'gathering a batch of 64 as a share of the training step (wanted: under 5 % of LeNet-5, 15 % of augmented CIFAR-10)';

const BATCH = 64;
const PICTURES = 6000;
const CIFAR: Partial<TrainingSettings> = { cropPadding: 4, flip: true };
const CASES = [
  ['LeNet-5', 'lenet5', [1, 28, 28], {}],
  ['ConvNetJS CIFAR-10, cropped and flipped', 'convnetjs-cifar10', [3, 32, 32], CIFAR],
  ['ResNet-20, cropped and flipped', 'resnet20', [3, 32, 32], CIFAR],
] as const;

export async function run(): Promise<void> {
  for (const [name, template, shape, augmentation] of CASES) {
    const each = shape[0] * shape[1] * shape[2];
    const pixels = Uint8Array.from({ length: PICTURES * each }, (_, i) => (i * 7919) % 256);
    const labels = Uint16Array.from({ length: PICTURES }, (_, i) => i % 10);
    const classNames = Array.from({ length: 10 }, (_, i) => String(i));
    const set = { name, shape, count: PICTURES, pixels, labels, classNames };
    const settings = { ...DEFAULT_TRAINING, ...augmentation };
    const batcher = new Batcher(set, 10, { settings, seed: 1 });
    const order = Uint32Array.from({ length: PICTURES }, (_, i) => (i * 2741) % PICTURES);
    const feed = median(
      await repeat(200, (turn) => void batcher.fill(order, (turn * BATCH) % (PICTURES - BATCH), BATCH, 1)),
    );
    const step = median(await trainingSteps(findTemplate(template)!.create().network, BATCH, 20));
    console.log(
      `  ${name}: ${(1000 * feed).toFixed(0)} µs of ${(1000 * step).toFixed(0)} µs, ${((100 * feed) / (feed + step)).toFixed(1)} %`,
    );
  }
}
