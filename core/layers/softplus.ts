import { defineElementwise } from './elementwise.ts';

export const softplus = defineElementwise({
  kind: 'Softplus',
  label: 'SOFTPLUS',
  category: 'Activation',
  stem: 'softplus',
  summary: 'ln(1 + eˣ): a RELU without the corner.',
  fields: {},
  range: 'numbers from 0 up',
  op: 'Softplus',
  attributes: () => ({}),
});
