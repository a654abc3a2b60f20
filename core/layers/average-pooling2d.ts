import type { Volume } from '../shape.ts';
import { describeWindow } from './conv2d.ts';
import { defineLayer } from './define.ts';
import { flag } from './fields.ts';
import { poolFields, poolWindow } from './pooling.ts';
import { onnxWindow, windowShape } from './windowed.ts';

export const averagePooling2d = defineLayer({
  kind: 'AveragePooling2D',
  label: 'AVG POOL',
  category: 'Pooling',
  stem: 'avgpool',
  summary: 'Averages each window, map by map; nothing to learn.',
  fields: {
    ...poolFields,
    countPadding: flag({
      label: 'Count padding',
      help: 'Divide by the whole window even where it lies on padding (as PyTorch does by default).',
      default: true,
    }),
  },
  arity: { min: 1, max: 1 },
  inPlace: false,
  outputShape: ({ inputs: [input], fields }) =>
    windowShape('AVG POOL', input as Volume, poolWindow(fields), input?.[0] ?? 0),
  window: poolWindow,
  emit: ({ graph, inputs: [x], fields }) => {
    const [, ...shape] = graph.dims(x as string) as readonly [number, number, number, number];
    return graph.add('AveragePool', [x], {
      ...onnxWindow(shape, poolWindow(fields)),
      count_include_pad: fields.countPadding ? 1 : 0,
    });
  },
  describe: ({ poolSize, strides, padding }) => describeWindow(poolSize, strides, padding),
});
