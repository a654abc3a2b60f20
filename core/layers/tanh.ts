import { defineElementwise } from './elementwise.ts';

export const tanh = defineElementwise({
  kind: 'Tanh',
  label: 'TANH',
  category: 'Activation',
  stem: 'tanh',
  summary: 'Squeezes into −1 … 1, centred on zero; saturates too.',
  fields: {},
  range: 'numbers from −1 to 1',
  op: 'Tanh',
  attributes: () => ({}),
});
