import type { Value } from '../onnx/graph.ts';
import { type Shape, sameShape } from '../shape.ts';
import { defineLayer } from './define.ts';
import { mismatch } from './merge.ts';

export const multiply = defineLayer({
  kind: 'Multiply',
  label: 'MULTIPLY',
  category: 'Merge',
  stem: 'multiply',
  summary: 'Multiplies volumes of one shape element by element: a gate that lets through what another branch says.',
  fields: {},
  arity: { min: 2, max: 64 },
  inPlace: false,
  outputShape: ({ inputs }) => {
    const [first, ...rest] = inputs as readonly [Shape, ...Shape[]];
    if (rest.every((shape) => sameShape(shape, first))) return { shape: first };
    return { fault: mismatch('MULTIPLY', 'inputs of one shape', inputs) };
  },
  emit: ({ graph, inputs }) =>
    inputs.slice(1).reduce((product, next) => graph.add('Mul', [product, next], {}), inputs[0] as Value),
  describe: () => '',
});
