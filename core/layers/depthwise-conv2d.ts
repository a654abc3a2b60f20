import { pair, type Volume } from '../shape.ts';
import { convFields, convWindow, describeWindow } from './conv2d.ts';
import { defineLayer } from './define.ts';
import { integer } from './fields.ts';
import { initializerSpec, ZEROS } from './initializers.ts';
import { onnxWindow, windowShape } from './windowed.ts';

const { kernelSize, strides, padding, dilation, useBias, initializer, initializerStd } = convFields;

/** The part that DEPTHWISE CONV and SEPARABLE CONV share: how many filters each channel has. */
export const depthMultiplier = integer({
  label: 'Filters a channel',
  help: 'How many filters each channel has of its own.',
  default: 1,
  min: 1,
  max: 256,
});

export const depthwiseConv2d = defineLayer({
  kind: 'DepthwiseConv2D',
  label: 'DEPTHWISE CONV',
  category: 'Convolution',
  stem: 'dwconv',
  summary: 'Every channel has filters of its own and sees nothing of the others.',
  fields: { depthMultiplier, kernelSize, strides, padding, dilation, useBias, initializer, initializerStd },
  arity: { min: 1, max: 1 },
  inPlace: false,
  outputShape: ({ inputs, fields }) => {
    const [input] = inputs as readonly [Volume];
    return windowShape('DEPTHWISE CONV', input, convWindow(fields), input[0] * fields.depthMultiplier);
  },
  weights: ({ inputs, fields }) => {
    const [fh, fw] = pair(fields.kernelSize);
    const filters = (inputs[0]?.[0] ?? 1) * fields.depthMultiplier;
    const drawn = initializerSpec(fields, fh * fw, fields.depthMultiplier * fh * fw);
    return [
      { name: 'weight', dims: [filters, 1, fh, fw], role: 'weight', initializer: drawn },
      ...(fields.useBias ? [{ name: 'bias', dims: [filters], role: 'bias', initializer: ZEROS } as const] : []),
    ];
  },
  macs: ({ fields, output }) => {
    const [fh, fw] = pair(fields.kernelSize);
    const [filters, oh, ow] = output as Volume;
    return filters * fh * fw * oh * ow;
  },
  window: convWindow,
  emit: ({ graph, inputs: [x], fields, weight }) => {
    const [, ...shape] = graph.dims(x as string) as readonly [number, number, number, number];
    return graph.add('Conv', [x, weight('weight'), fields.useBias ? weight('bias') : undefined], {
      ...onnxWindow(shape, convWindow(fields)),
      dilations: pair(fields.dilation),
      group: shape[0],
    });
  },
  describe: (fields) => describeWindow(fields.kernelSize, fields.strides, fields.padding),
});
