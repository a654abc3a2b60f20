import { defineElementwise } from './elementwise.ts';
import { real } from './fields.ts';

export const elu = defineElementwise({
  kind: 'ELU',
  label: 'ELU',
  category: 'Activation',
  stem: 'elu',
  summary: 'x where positive, α(eˣ − 1) where negative: smooth, with outputs centred nearer zero.',
  fields: {
    alpha: real({ label: 'Alpha (α)', help: 'How far below zero it goes.', default: 1, min: 0, max: 10 }),
  },
  op: 'Elu',
  attributes: ({ alpha }) => ({ alpha }),
  describe: ({ alpha }) => `α ${alpha}`,
});
