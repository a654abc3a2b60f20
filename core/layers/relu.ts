import { defineElementwise } from './elementwise.ts';

export const relu = defineElementwise({
  kind: 'ReLU',
  label: 'RELU',
  category: 'Activation',
  stem: 'relu',
  summary: 'max(0, x): keeps what is positive.',
  fields: {},
  op: 'Relu',
  attributes: () => ({}),
});
