import { pair, type Volume } from '../shape.ts';
import { convFields, convWindow, describeWindow } from './conv2d.ts';
import { defineLayer } from './define.ts';
import { integer } from './fields.ts';
import { initializerSpec, ZEROS } from './initializers.ts';
import { onnxWindow, windowShape } from './windowed.ts';

const { filters: _filters, groups: _groups, ...fields } = convFields;

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
  fields: { depthMultiplier, ...fields },
  arity: { min: 1, max: 1 },
  inPlace: false,
  outputShape: ({ inputs, fields: given }) => {
    const [input] = inputs as readonly [Volume];
    return windowShape('DEPTHWISE CONV', input, convWindow(given), input[0] * given.depthMultiplier);
  },
  weights: ({ inputs, fields: given }) => {
    const [fh, fw] = pair(given.kernelSize);
    const filters = (inputs[0]?.[0] ?? 1) * given.depthMultiplier;
    const drawn = initializerSpec(given, fh * fw, given.depthMultiplier * fh * fw);
    return [
      { name: 'weight', dims: [filters, 1, fh, fw], role: 'weight', initializer: drawn },
      ...(given.useBias ? [{ name: 'bias', dims: [filters], role: 'bias', initializer: ZEROS } as const] : []),
    ];
  },
  macs: ({ fields: given, output }) => {
    const [fh, fw] = pair(given.kernelSize);
    const [filters, oh, ow] = output as Volume;
    return filters * fh * fw * oh * ow;
  },
  window: convWindow,
  emit: ({ graph, inputs: [x], fields: given, weight }) => {
    const [, ...shape] = graph.dims(x as string) as readonly [number, number, number, number];
    return graph.add('Conv', [x, weight('weight'), given.useBias ? weight('bias') : undefined], {
      ...onnxWindow(shape, convWindow(given)),
      dilations: pair(given.dilation),
      group: shape[0],
    });
  },
  describe: (given) => describeWindow(given.kernelSize, given.strides, given.padding),
});
