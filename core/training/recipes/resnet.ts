import type { Edit } from '../../network/edits.ts';
import { consumersOf, type Network } from '../../network/network.ts';
import type { Recipe } from './define.ts';

/**
 * ResNet's training as the lecture prints it: BATCH NORM after every CONV, weights by He, SGD with momentum 0.9, a
 * learning rate of 0.1 that is divided by 10 on a plateau, batches of 256, weight decay of 1e-5, no DROPOUT.
 */
export const resnet: Recipe = {
  id: 'resnet',
  title: 'ResNet, as in the lecture',
  summary:
    'BATCH NORM after every CONV, He, SGD with momentum 0.9, rate 0.1 divided by 10 on a plateau, batches of 256.',
  settings: {
    batchSize: 256,
    optimizer: 'sgd',
    learningRate: 0.1,
    momentum: 0.9,
    weightDecay: 1e-5,
    schedule: 'plateau',
    decayFactor: 0.1,
    patience: 3,
  },
  prepare,
};

const CONVOLUTIONS: ReadonlySet<string> = new Set(['Conv2D', 'DepthwiseConv2D', 'SeparableConv2D']);
const DRAWN: ReadonlySet<string> = new Set([...CONVOLUTIONS, 'Dense']);

function prepare(network: Network): readonly Edit[] {
  const consumers = consumersOf(network);
  const kindOf = (id: string) => network.layers.get(id)?.kind;
  const edits: Edit[] = [];
  for (const { id, kind, fields } of network.layers.values()) {
    if (DRAWN.has(kind) && fields['initializer'] !== 'he') {
      edits.push({ type: 'set-fields', layer: id, fields: { initializer: 'he' } });
    }
    if (kind === 'Dropout' && fields['rate'] !== 0) edits.push({ type: 'set-fields', layer: id, fields: { rate: 0 } });
    const next = consumers.get(id) ?? [];
    if (CONVOLUTIONS.has(kind) && !next.every((consumer) => kindOf(consumer) === 'BatchNormalization')) {
      edits.push({ type: 'insert-after', layer: id, kind: 'BatchNormalization' });
    }
  }
  return edits;
}
