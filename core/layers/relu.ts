import { defineElementwise } from './elementwise.ts';

export const relu = defineElementwise({
  kind: 'ReLU',
  label: 'RELU',
  category: 'Activation',
  stem: 'relu',
  summary: 'max(0, x): keeps what is positive.',
  fields: {},
  range: 'numbers from 0 up',
  op: 'Relu',
  attributes: () => ({}),
});
