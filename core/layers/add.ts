import type { Value } from '../onnx/graph.ts';
import { type Shape, sameShape } from '../shape.ts';
import { defineLayer } from './define.ts';
import { mismatch } from './merge.ts';

export const add = defineLayer({
  kind: 'Add',
  label: 'ADD',
  category: 'Merge',
  stem: 'add',
  summary: 'Adds volumes of one shape element by element: the shortcut of a residual block ends here.',
  fields: {},
  arity: { min: 2, max: 64 },
  inPlace: false,
  outputShape: ({ inputs }) => {
    const [first, ...rest] = inputs as readonly [Shape, ...Shape[]];
    if (rest.every((shape) => sameShape(shape, first))) return { shape: first };
    return { fault: mismatch('ADD', 'inputs of one shape (a 1×1 CONV on the shortcut can change it)', inputs) };
  },
  emit: ({ graph, inputs }) =>
    inputs.slice(1).reduce((sum, next) => graph.add('Add', [sum, next], {}), inputs[0] as Value),
  describe: () => '',
});
