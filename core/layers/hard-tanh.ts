import type { Value } from '../onnx/graph.ts';
import { defineLayer } from './define.ts';

export const hardTanh = defineLayer({
  kind: 'HardTanh',
  label: 'HARD TANH',
  category: 'Activation',
  stem: 'hardtanh',
  summary: 'Cuts what lies beyond −1 and 1: a TANH made of straight lines.',
  fields: {},
  arity: { min: 1, max: 1 },
  inPlace: true,
  outputShape: ({ inputs: [input] }) => ({ shape: input ?? [] }),
  emit: ({ graph, inputs: [x] }) => graph.add('Clip', [x as Value, graph.scalar(-1), graph.scalar(1)], {}),
  describe: () => '',
});
