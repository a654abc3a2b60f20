import type { Value } from '../onnx/graph.ts';
import { isVolume } from '../shape.ts';
import { defineLayer } from './define.ts';
import { real } from './fields.ts';
import { weightLearningFields } from './learning.ts';

export const prelu = defineLayer({
  kind: 'PReLU',
  label: 'PRELU',
  category: 'Activation',
  stem: 'prelu',
  summary: 'x where positive, a·x where negative, with one slope a learned for each channel (He et al. 2015).',
  fields: {
    slope: real({ label: 'First slope', help: 'What every slope begins with.', default: 0.25, min: -10, max: 10 }),
    ...weightLearningFields,
  },
  arity: { min: 1, max: 1 },
  inPlace: true,
  outputShape: ({ inputs: [input] }) => ({ shape: input ?? [] }),
  weights: ({ inputs, fields: { slope } }) => [
    { name: 'weight', dims: [inputs[0]?.[0] ?? 0], role: 'weight', initializer: { type: 'constant', value: slope } },
  ],
  emit: ({ graph, inputs: [input], weight }) => {
    const x = input as Value;
    const [, channels, ...rest] = graph.dims(x) as readonly [number, number, ...number[]];
    const perChannel = isVolume([channels, ...rest])
      ? graph.add('Reshape', [weight('weight'), graph.ints([channels, 1, 1])], {})
      : weight('weight');
    return graph.add('PRelu', [x, perChannel], {});
  },
  describe: () => 'learned slopes',
});
