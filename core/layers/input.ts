import { float32 } from '../onnx/tensor.ts';
import { defineLayer, type ShapeAnswer } from './define.ts';
import { integer, perChannel } from './fields.ts';

const MAX_SIDE = 4096;

function perChannelFault(channels: number, label: string, value: number | readonly number[]): ShapeAnswer | undefined {
  if (typeof value === 'number' || value.length === channels) return undefined;
  const message = `"${label}" needs one number, or ${channels} (one for each channel); got ${value.length}.`;
  return { fault: { code: 'field', message } };
}

export const inputLayer = defineLayer({
  kind: 'Input',
  label: 'INPUT',
  category: 'Input',
  stem: 'input',
  summary: 'The picture: raw pixels from 0 to 255, then (pixel − mean) / scale as the first step of the network.',
  fields: {
    height: integer({ label: 'Height (H)', help: 'Rows of the picture.', default: 28, min: 1, max: MAX_SIDE }),
    width: integer({ label: 'Width (W)', help: 'Columns of the picture.', default: 28, min: 1, max: MAX_SIDE }),
    channels: integer({
      label: 'Depth (D)',
      help: 'Colour channels: 1 for grey, 3 for red, green and blue.',
      default: 1,
      min: 1,
      max: MAX_SIDE,
    }),
    mean: perChannel({
      label: 'Subtract (mean)',
      help: 'Subtracted from every pixel; one number, or one for each channel. Part of the exported network.',
      default: 0,
      positive: false,
    }),
    scale: perChannel({
      label: 'Divide by (scale)',
      help: 'Then divides every pixel: 255 gives values from 0 to 1. Part of the exported network.',
      default: 255,
      positive: true,
    }),
  },
  arity: { min: 0, max: 0 },
  inPlace: false,
  outputShape: ({ fields: { channels, height, width, mean, scale } }) =>
    perChannelFault(channels, 'Subtract (mean)', mean) ??
    perChannelFault(channels, 'Divide by (scale)', scale) ?? { shape: [channels, height, width] },
  emit: ({ graph, inputs: [pixels], fields: { channels, mean, scale } }) => {
    const constant = (value: number | readonly number[]) =>
      typeof value === 'number' ? graph.scalar(value) : graph.constant(float32([channels, 1, 1], value));
    let value = pixels as string;
    if (mean !== 0) value = graph.add('Sub', [value, constant(mean)], {});
    if (scale !== 1) value = graph.add('Div', [value, constant(scale)], {});
    return value;
  },
  describe: ({ channels, height, width }) => `${width}×${height}×${channels}`,
});
