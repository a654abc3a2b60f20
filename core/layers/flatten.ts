import { elements, formatVolume } from '../shape.ts';
import { defineLayer } from './define.ts';

export const flatten = defineLayer({
  kind: 'Flatten',
  label: 'FLATTEN',
  category: 'Dense',
  stem: 'flatten',
  summary: 'Lays a volume out as one long vector, channel after channel, for FC to read.',
  fields: {},
  arity: { min: 1, max: 1 },
  inPlace: true,
  passesValues: true,
  outputShape: ({ inputs: [input] }) => ({ shape: [elements(input ?? [])] }),
  outputSteps: ({ inputs: [input = []], output }) => [
    { formula: 'W·H·D', values: formatVolume(input).replaceAll('×', '·'), result: formatVolume(output) },
  ],
  emit: ({ graph, inputs: [x] }) => graph.add('Flatten', [x], { axis: 1 }),
  describe: () => '',
});
