import { type Shape, sameShape } from '../shape.ts';
import { defineLayer } from './define.ts';
import { mismatch } from './merge.ts';

export const concatenate = defineLayer({
  kind: 'Concatenate',
  label: 'CONCAT',
  category: 'Merge',
  stem: 'concat',
  summary: 'Stacks volumes along their depth: the branches of an inception module end here.',
  fields: {},
  arity: { min: 2, max: 64 },
  inPlace: false,
  outputShape: ({ inputs }) => {
    const [first, ...rest] = inputs as readonly [Shape, ...Shape[]];
    const alike = rest.every((shape) => shape.length === first.length && sameShape(shape.slice(1), first.slice(1)));
    if (!alike) return { fault: mismatch('CONCAT', 'inputs of one width and height', inputs) };
    const depth = inputs.reduce((sum, shape) => sum + (shape[0] ?? 0), 0);
    return { shape: [depth, ...first.slice(1)] };
  },
  outputSteps: ({ inputs, output }) => [
    { formula: 'D₂ = the sum of all depths', values: inputs.map(([d]) => d).join(' + '), result: String(output[0]) },
  ],
  emit: ({ graph, inputs }) => graph.add('Concat', inputs, { axis: 1 }),
  describe: () => '',
});
