import { defineElementwise } from './elementwise.ts';

export const selu = defineElementwise({
  kind: 'SELU',
  label: 'SELU',
  category: 'Activation',
  stem: 'selu',
  summary: 'A scaled ELU whose constants keep mean 0 and variance 1 from layer to layer.',
  fields: {},
  op: 'Selu',
  // Klambauer et al. 2017, as PyTorch and Keras write them.
  attributes: () => ({ alpha: 1.6732632423543772, gamma: 1.0507009873554805 }),
});
