import { defineElementwise } from './elementwise.ts';

export const hardSigmoid = defineElementwise({
  kind: 'HardSigmoid',
  label: 'HARD SIGMOID',
  category: 'Activation',
  stem: 'hardsigmoid',
  summary: 'A SIGMOID made of straight lines: x/6 + 1/2, cut off at 0 and 1.',
  fields: {},
  range: 'numbers from 0 to 1',
  op: 'HardSigmoid',
  attributes: () => ({ alpha: 1 / 6, beta: 0.5 }),
});
