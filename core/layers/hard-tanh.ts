import { defineElementwiseNodes } from './elementwise.ts';

export const hardTanh = defineElementwiseNodes({
  kind: 'HardTanh',
  label: 'HARD TANH',
  category: 'Activation',
  stem: 'hardtanh',
  summary: 'Cuts what lies beyond −1 and 1: a TANH made of straight lines.',
  fields: {},
  range: 'numbers from −1 to 1',
  write: (graph, x) => graph.add('Clip', [x, graph.scalar(-1), graph.scalar(1)], {}),
});
