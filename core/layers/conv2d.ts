import { formatSize, type Padding, pair, type Shape, type Size, type Volume } from '../shape.ts';
import { defineLayer, type LayerWindow, type ShapeFault } from './define.ts';
import { flag, integer, padding, size } from './fields.ts';
import { initializerFields, initializerSpec, ZEROS } from './initializers.ts';
import { learningFields } from './learning.ts';
import { onnxWindow, windowShape } from './windowed.ts';

/** A CONV may be padded until a window sees nothing but padding. */
export function convWindow(fields: {
  readonly kernelSize: Size;
  readonly strides: Size;
  readonly padding: Padding;
  readonly dilation: Size;
}): LayerWindow {
  const { kernelSize, strides, padding: p, dilation } = fields;
  return { kernelSize, strides, padding: p, dilation, sizeField: 'kernelSize', maxPadding: (reach) => reach - 1 };
}

export function describeWindow(kernelSize: Size, strides: Size, p: Padding): string {
  const pads = p === 'same' ? ' same' : p === 0 ? '' : ` P${typeof p === 'number' ? p : formatSize(p)}`;
  const stride = typeof strides === 'number' ? String(strides) : formatSize(strides);
  return `${formatSize(kernelSize)} S${stride}${pads}`;
}

function groupFault(filters: number, groups: number, channels: number): ShapeFault | undefined {
  if (filters % groups === 0 && channels % groups === 0) return undefined;
  const divides = (g: number) => filters % g === 0 && channels % g === 0;
  let below = groups;
  while (!divides(below)) below--;
  return {
    code: 'groups',
    message: `Groups must divide the input's depth and the filters: ${groups} does not divide ${channels} and ${filters} both.`,
    fixes: [{ type: 'fields', label: `Set groups to ${below}`, fields: { groups: below } }],
  };
}

/** Depth of each filter: that of its group's part of the input, where the groups divide it. */
function filterDepth(input: Shape | undefined, groups: number): number {
  return Math.max(1, Math.floor((input?.[0] ?? 1) / groups));
}

/** CONV's hyperparameters; its relatives take what they need of them. */
export const convFields = {
  filters: integer({
    label: 'Filters (K)',
    help: 'How many filters: the depth of the output.',
    default: 16,
    min: 1,
    max: 65536,
  }),
  kernelSize: size({
    label: 'Kernel size (F)',
    help: 'Side of each filter in pixels.',
    default: 3,
    min: 1,
    max: 1024,
  }),
  strides: size({ label: 'Stride (S)', help: 'How far the filter moves each time.', default: 1, min: 1, max: 1024 }),
  padding: padding({
    label: 'Padding (P)',
    help: 'Zeros added on each side; (F − 1)/2 keeps width and height for stride 1.',
    default: 1,
    max: 1024,
    allowSame: true,
  }),
  dilation: size({
    label: 'Dilation',
    help: "Distance between a filter's taps; 1 is an ordinary filter.",
    default: 1,
    min: 1,
    max: 256,
  }),
  groups: integer({
    label: 'Groups',
    help: 'Splits depth and filters into groups that do not see each other (AlexNet used 2).',
    default: 1,
    min: 1,
    max: 65536,
  }),
  useBias: flag({ label: 'Bias', help: 'One learned number added to each activation map.', default: true }),
  ...initializerFields,
  ...learningFields,
};

export const conv2d = defineLayer({
  kind: 'Conv2D',
  label: 'CONV',
  category: 'Convolution',
  stem: 'conv',
  summary: 'K filters slide over the volume; each gives one activation map (cross-correlation, as in every framework).',
  fields: convFields,
  arity: { min: 1, max: 1 },
  inPlace: false,
  outputShape: ({ inputs, fields }) => {
    const [input] = inputs as readonly [Volume];
    const answer = windowShape('CONV', input, convWindow(fields), fields.filters);
    if (answer.shape === undefined) return answer;
    const fault = groupFault(fields.filters, fields.groups, input[0]);
    return fault === undefined ? answer : { shape: answer.shape, fault };
  },
  weights: ({ inputs, fields }) => {
    const { filters, groups, useBias } = fields;
    const [fh, fw] = pair(fields.kernelSize);
    const depth = filterDepth(inputs[0], groups);
    const initializer = initializerSpec(fields, depth * fh * fw, (filters / groups) * fh * fw);
    return [
      { name: 'weight', dims: [filters, depth, fh, fw], role: 'weight', initializer },
      ...(useBias ? [{ name: 'bias', dims: [filters], role: 'bias', initializer: ZEROS } as const] : []),
    ];
  },
  macs: ({ inputs, fields, output }) => {
    const [fh, fw] = pair(fields.kernelSize);
    const [filters, oh, ow] = output as Volume;
    return filters * filterDepth(inputs[0], fields.groups) * fh * fw * oh * ow;
  },
  window: convWindow,
  emit: ({ graph, inputs: [x], fields, weight }) => {
    const [, ...shape] = graph.dims(x as string) as readonly [number, number, number, number];
    return graph.add('Conv', [x, weight('weight'), fields.useBias ? weight('bias') : undefined], {
      ...onnxWindow(shape, convWindow(fields)),
      dilations: pair(fields.dilation),
      group: fields.groups,
    });
  },
  describe: ({ filters, kernelSize, strides, padding: p }) => `${filters} · ${describeWindow(kernelSize, strides, p)}`,
});
