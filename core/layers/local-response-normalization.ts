import { isVolume, type Shape } from '../shape.ts';
import { defineLayer } from './define.ts';
import { integer, real } from './fields.ts';
import { needsVolume } from './windowed.ts';

export const localResponseNormalization = defineLayer({
  kind: 'LocalResponseNormalization',
  label: 'LRN',
  category: 'Regularisation',
  stem: 'norm',
  summary: "Divides each value by the activity of neighbouring maps (AlexNet's NORM; hardly used any more).",
  fields: {
    size: integer({
      label: 'Neighbours (n)',
      help: 'How many neighbouring maps count, this one among them; an odd number.',
      default: 5,
      min: 1,
      max: 255,
    }),
    alpha: real({ label: 'Alpha (α)', help: 'Weight of the neighbours.', default: 1e-4, min: 0, max: 10 }),
    beta: real({ label: 'Beta (β)', help: 'Exponent of the divisor.', default: 0.75, min: 0.01, max: 10 }),
    bias: real({ label: 'Bias (k)', help: 'Constant part of the divisor.', default: 1, min: 0.001, max: 100 }),
  },
  arity: { min: 1, max: 1 },
  inPlace: false,
  outputShape: ({ inputs, fields: { size } }) => {
    const [input] = inputs as readonly [Shape];
    if (!isVolume(input)) return { fault: needsVolume('LRN', input) };
    if (size % 2 === 1) return { shape: input };
    const message = `LRN needs an odd number of neighbours (this map and as many on each side), got ${size}.`;
    const fixes = [size - 1, size + 1].map((odd) => ({
      type: 'fields' as const,
      label: `Set neighbours to ${odd}`,
      fields: { size: odd },
    }));
    return { shape: input, fault: { code: 'field', message, fixes } };
  },
  emit: ({ graph, inputs: [x], fields: { size, alpha, beta, bias } }) =>
    graph.add('LRN', [x], { size, alpha, beta, bias }),
  describe: ({ size }) => `n ${size}`,
});
