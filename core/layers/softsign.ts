import { defineElementwise } from './elementwise.ts';

export const softsign = defineElementwise({
  kind: 'Softsign',
  label: 'SOFTSIGN',
  category: 'Activation',
  stem: 'softsign',
  summary: 'x / (1 + |x|): like TANH, but it saturates slowly.',
  fields: {},
  range: 'numbers from −1 to 1',
  op: 'Softsign',
  attributes: () => ({}),
});
