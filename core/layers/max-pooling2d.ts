import type { Volume } from '../shape.ts';
import { describeWindow } from './conv2d.ts';
import { defineLayer } from './define.ts';
import { poolFields, poolWindow } from './pooling.ts';
import { onnxWindow, windowShape } from './windowed.ts';

export const maxPooling2d = defineLayer({
  kind: 'MaxPooling2D',
  label: 'MAX POOL',
  category: 'Pooling',
  stem: 'pool',
  summary: 'Keeps the largest value of each window, map by map; nothing to learn.',
  fields: poolFields,
  arity: { min: 1, max: 1 },
  inPlace: false,
  outputShape: ({ inputs: [input], fields }) =>
    windowShape('MAX POOL', input as Volume, poolWindow(fields), input?.[0] ?? 0),
  window: poolWindow,
  emit: ({ graph, inputs: [x], fields }) => {
    const [, ...shape] = graph.dims(x as string) as readonly [number, number, number, number];
    return graph.add('MaxPool', [x], { ...onnxWindow(shape, poolWindow(fields)), dilations: [1, 1] });
  },
  describe: ({ poolSize, strides, padding }) => describeWindow(poolSize, strides, padding),
});
