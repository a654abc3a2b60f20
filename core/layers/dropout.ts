import type { Value } from '../onnx/graph.ts';
import { defineLayer } from './define.ts';
import { real } from './fields.ts';

export const dropout = defineLayer({
  kind: 'Dropout',
  label: 'DROPOUT',
  category: 'Regularisation',
  stem: 'drop',
  summary: 'While training, zeroes a random share of the values and scales the rest up; passes all through afterwards.',
  fields: {
    rate: real({ label: 'Rate', help: 'Share of the values that is dropped.', default: 0.5, min: 0, max: 0.95 }),
  },
  arity: { min: 1, max: 1 },
  inPlace: true,
  passesValues: true,
  outputShape: ({ inputs: [input] }) => ({ shape: input ?? [] }),
  emit: ({ graph, inputs: [x], fields: { rate }, mode, random }) => {
    const input = x as Value;
    if (mode === 'inference') return graph.add('Dropout', [input, graph.scalar(rate)], {});
    return rate === 0 ? input : graph.add('Mul', [input, random(graph.typeOf(input), { type: 'mask', rate })], {});
  },
  describe: ({ rate }) => `${rate}`,
});
