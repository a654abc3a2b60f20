import { applyEdit } from '#core/network/edits.ts';
import type { Network } from '#core/network/network.ts';
import { formatDesign } from '#core/project/design-file.ts';
import { findTemplate } from '#core/templates/index.ts';
import { DEFAULT_TRAINING } from '#core/training/settings.ts';
import { readDesign } from '#main/training/compiled-design.ts';
import { trainingMemory } from '#main/training/memory.ts';
import { measureMemory } from './memory.ts';

export const title = 'predicted against measured memory of training on the CPU (Linux; wanted: within 15 %)';

const template = (id: string) => findTemplate(id)!.create().network;

/** Only the last layer with weights is trained, as when a network is taken over for other classes. */
function allButTheLastFrozen(network: Network): Network {
  const learning = [...network.layers.values()].filter(({ fields }) => fields['trainable'] !== undefined);
  return learning.slice(0, -1).reduce((frozen, { id }) => {
    return applyEdit(frozen, { type: 'set-fields', layer: id, fields: { trainable: false } });
  }, network);
}

const CASES: readonly (readonly [name: string, network: Network, batches: readonly number[]])[] = [
  ['lenet5', template('lenet5'), [16, 64, 256]],
  ['vgg16', template('vgg16'), [1, 2, 4]],
  ['vgg16, all but its last FC frozen', allButTheLastFrozen(template('vgg16')), [1, 4]],
  ['resnet20', template('resnet20'), [16, 64, 128]],
];

export async function run(): Promise<void> {
  const wanted = process.env['NETWORKS']?.split(';');
  for (const [id, network, batches] of CASES) {
    if (wanted !== undefined && !wanted.includes(id)) continue;
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
