import { formatVolume, isVolume, type Shape } from '../shape.ts';
import { defineLayer } from './define.ts';
import { needsVolume } from './windowed.ts';

export const globalAveragePooling2d = defineLayer({
  kind: 'GlobalAveragePooling2D',
  label: 'GLOBAL AVG POOL',
  category: 'Pooling',
  stem: 'gap',
  summary: 'Averages each activation map to one number: a volume becomes a vector as long as it was deep.',
  fields: {},
  arity: { min: 1, max: 1 },
  inPlace: false,
  outputShape: ({ inputs }) => {
    const [input] = inputs as readonly [Shape];
    return isVolume(input) ? { shape: [input[0]] } : { fault: needsVolume('GLOBAL AVG POOL', input) };
  },
  outputSteps: ({ inputs: [input = []], output }) => [
    { formula: 'D numbers, the mean of W·H each', values: `D of ${formatVolume(input)}`, result: formatVolume(output) },
  ],
  emit: ({ graph, inputs: [x] }) => graph.add('Flatten', [graph.add('GlobalAveragePool', [x], {})], { axis: 1 }),
  describe: () => '',
});
