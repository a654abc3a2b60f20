import { formatDesign } from '#core/project/design-file.ts';
import { findTemplate } from '#core/templates/index.ts';
import { DEFAULT_TRAINING } from '#core/training/settings.ts';
import { readDesign } from '#main/training/compiled-design.ts';
import { trainingMemory } from '#main/training/memory.ts';
import { measureMemory } from './memory.ts';

export const title = 'predicted against measured memory of training on the CPU (Linux; wanted: within 15 %)';

const CASES = [
  ['lenet5', [16, 64, 256]],
  ['vgg16', [1, 2, 4]],
  ['resnet20', [16, 64, 128]],
] as const;

export async function run(): Promise<void> {
  for (const [id, batches] of CASES) {
    const { network } = findTemplate(id)!.create();
    const compiled = readDesign(formatDesign({ name: id, network, training: DEFAULT_TRAINING, classLabels: [] }));
    for (const batch of batches) {
      const { total } = await trainingMemory(compiled, batch);
      const { peakBytes, idleBytes } = await measureMemory(network, batch, 6);
      const measured = peakBytes - idleBytes;
      const off = (100 * (total / measured - 1)).toFixed(1);
      console.log(
        `  ${id}, batch ${batch}: ${Math.round(total / 1e6)} MB predicted, ${Math.round(measured / 1e6)} MB measured: ${off} %`,
      );
    }
  }
}
