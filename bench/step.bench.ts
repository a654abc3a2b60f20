import { findTemplate } from '#core/templates/index.ts';
import { median } from './report.ts';
import { trainingSteps } from './training-steps.ts';

export const title = 'training steps on the CPU, images a second';

const CASES = [
  ['lenet5', 24],
  ['lenet5', 64],
  ['convnetjs-cifar10', 64],
  ['resnet20', 64],
] as const;

export async function run(): Promise<void> {
  for (const [id, size] of CASES) {
    const times = await trainingSteps(findTemplate(id)!.create().network, size, id === 'resnet20' ? 15 : 60);
    const middle = median(times);
    console.log(
      `  ${id}, batch ${size}: ${middle.toFixed(1)} ms a step, ${Math.round((1000 * size) / middle)} images/s (median of ${times.length})`,
    );
  }
}
