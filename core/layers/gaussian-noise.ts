import type { Value } from '../onnx/graph.ts';
import { defineLayer } from './define.ts';
import { real } from './fields.ts';

export const gaussianNoise = defineLayer({
  kind: 'GaussianNoise',
  label: 'NOISE',
  category: 'Regularisation',
  stem: 'noise',
  summary: 'While training, adds a random number to every value; passes all through afterwards.',
  fields: {
    std: real({ label: 'Std', help: 'Standard deviation of what is added.', default: 0.1, min: 0, max: 100 }),
  },
  arity: { min: 1, max: 1 },
  inPlace: true,
  passesValues: true,
  outputShape: ({ inputs: [input] }) => ({ shape: input ?? [] }),
  emit: ({ graph, inputs: [x], fields: { std }, mode, random }) => {
    const input = x as Value;
    if (mode === 'inference') return graph.add('Identity', [input], {});
    return graph.add('Add', [input, random(graph.typeOf(input), { type: 'gaussian', std })], {});
  },
  describe: ({ std }) => `${std}`,
});
