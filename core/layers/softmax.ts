import { formatVolume, isVolume, type Shape } from '../shape.ts';
import { defineLayer } from './define.ts';

export const softmax = defineLayer({
  kind: 'Softmax',
  label: 'SOFTMAX',
  category: 'Activation',
  stem: 'softmax',
  summary: 'Turns class scores into probabilities that add up to 1.',
  fields: {},
  arity: { min: 1, max: 1 },
  inPlace: true,
  outputShape: ({ inputs }) => {
    const [input] = inputs as readonly [Shape];
    if (!isVolume(input)) return { shape: input };
    return {
      shape: input,
      fault: {
        code: 'needs-vector',
        message: `SOFTMAX needs a vector of class scores; put a FLATTEN before it (got ${formatVolume(input)}).`,
        fixes: [{ type: 'insert-before', label: 'Insert FLATTEN', kind: 'Flatten' }],
      },
    };
  },
  emit: ({ graph, inputs: [x] }) => graph.add('Softmax', [x], { axis: 1 }),
  describe: () => '',
});
