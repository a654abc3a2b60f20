import { defineElementwise } from './elementwise.ts';

export const sigmoid = defineElementwise({
  kind: 'Sigmoid',
  label: 'SIGMOID',
  category: 'Activation',
  stem: 'sigmoid',
  summary: '1 / (1 + e⁻ˣ): squeezes into 0 … 1; saturates, so gradients fade.',
  fields: {},
  range: 'numbers from 0 to 1',
  op: 'Sigmoid',
  attributes: () => ({}),
});
