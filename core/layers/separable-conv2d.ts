import { pair, type Volume } from '../shape.ts';
import { convFields, convWindow, describeWindow } from './conv2d.ts';
import { defineLayer } from './define.ts';
import { depthMultiplier } from './depthwise-conv2d.ts';
import { initializerSpec, ZEROS } from './initializers.ts';
import { onnxWindow, windowShape } from './windowed.ts';

const { groups: _groups, ...fields } = convFields;

/** Filters of the depthwise part. */
const between = (channels: number, multiplier: number) => channels * multiplier;

export const separableConv2d = defineLayer({
  kind: 'SeparableConv2D',
  label: 'SEPARABLE CONV',
  category: 'Convolution',
  stem: 'sepconv',
  summary: 'A depthwise CONV, then a 1×1 CONV over all channels: what a CONV does, with a fraction of the weights.',
  fields: { ...fields, depthMultiplier },
  arity: { min: 1, max: 1 },
  inPlace: false,
  outputShape: ({ inputs, fields: given }) => {
    const [input] = inputs as readonly [Volume];
    return windowShape('SEPARABLE CONV', input, convWindow(given), given.filters);
  },
  weights: ({ inputs, fields: given }) => {
    const [fh, fw] = pair(given.kernelSize);
    const middle = between(inputs[0]?.[0] ?? 1, given.depthMultiplier);
    const depthwise = initializerSpec(given, fh * fw, given.depthMultiplier * fh * fw);
    const pointwise = initializerSpec(given, middle, given.filters);
    return [
      { name: 'depthwise', dims: [middle, 1, fh, fw], role: 'weight', initializer: depthwise },
      { name: 'weight', dims: [given.filters, middle, 1, 1], role: 'weight', initializer: pointwise },
      ...(given.useBias ? [{ name: 'bias', dims: [given.filters], role: 'bias', initializer: ZEROS } as const] : []),
    ];
  },
  macs: ({ inputs, fields: given, output }) => {
    const [fh, fw] = pair(given.kernelSize);
    const [filters, oh, ow] = output as Volume;
    return between(inputs[0]?.[0] ?? 0, given.depthMultiplier) * (fh * fw + filters) * oh * ow;
  },
  window: convWindow,
  emit: ({ graph, inputs: [x], fields: given, weight }) => {
    const [, ...shape] = graph.dims(x as string) as readonly [number, number, number, number];
    const depthwise = graph.add('Conv', [x, weight('depthwise')], {
      ...onnxWindow(shape, convWindow(given)),
      dilations: pair(given.dilation),
      group: shape[0],
    });
    return graph.add('Conv', [depthwise, weight('weight'), given.useBias ? weight('bias') : undefined], {
      kernel_shape: [1, 1],
      strides: [1, 1],
      pads: [0, 0, 0, 0],
      dilations: [1, 1],
      group: 1,
    });
  },
  describe: (given) => `${given.filters} · ${describeWindow(given.kernelSize, given.strides, given.padding)}`,
});
