import { defineElementwise } from './elementwise.ts';

export const softsign = defineElementwise({
  kind: 'Softsign',
  label: 'SOFTSIGN',
  category: 'Activation',
  stem: 'softsign',
  summary: 'x / (1 + |x|): like TANH, but it saturates slowly.',
  fields: {},
  op: 'Softsign',
  attributes: () => ({}),
});
