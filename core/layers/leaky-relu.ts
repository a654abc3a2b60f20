import { defineElementwise } from './elementwise.ts';
import { real } from './fields.ts';

export const leakyRelu = defineElementwise({
  kind: 'LeakyReLU',
  label: 'LEAKY RELU',
  category: 'Activation',
  stem: 'lrelu',
  summary: 'x where positive, a small share of it where negative: units cannot die.',
  fields: {
    negativeSlope: real({
      label: 'Negative slope (α)',
      help: 'Share of a negative input that passes.',
      default: 0.01,
      min: 0,
      max: 1,
    }),
  },
  op: 'LeakyRelu',
  attributes: ({ negativeSlope }) => ({ alpha: negativeSlope }),
  describe: ({ negativeSlope }) => `α ${negativeSlope}`,
});
