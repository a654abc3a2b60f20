import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { KernelContext, TF, TFTensor } from './define.ts';

/** Smaller than any activation: what MAX POOL sees outside the picture. */
const LOWEST = -3.4e38;

type Pads = readonly number[];

/** [N, C, H, W] → [N, H, W, C], which all of TensorFlow's devices compute on. */
function toChannelsLast(tf: TF, x: TFTensor): TFTensor {
  return tf.transpose(x, [0, 2, 3, 1]);
}

function toChannelsFirst(tf: TF, x: TFTensor): TFTensor {
  return tf.transpose(x, [0, 3, 1, 2]);
}

/** Pads height and width of [N, H, W, C]; [top, left, bottom, right]. */
function padded(tf: TF, x: TFTensor, [top, left, bottom, right]: Pads, value = 0): Tensor4D {
  const around: [number, number][] = [
    [0, 0],
    [top as number, bottom as number],
    [left as number, right as number],
    [0, 0],
  ];
  return tf.pad(x, around, value) as Tensor4D;
}

/** A filter [fh, fw, …] with zeros between its taps, as dilation is: TensorFlow does not dilate and stride at once. */
function dilated(tf: TF, filter: TFTensor, [dh, dw]: readonly number[]): Tensor4D {
  if (dh === 1 && dw === 1) return filter as Tensor4D;
  const [fh, fw, a, b] = filter.shape as [number, number, number, number];
  const apart = tf.reshape(filter, [fh, 1, fw, 1, a * b]);
  const spread = tf.pad(apart, [
    [0, 0],
    [0, (dh as number) - 1],
    [0, 0],
    [0, (dw as number) - 1],
    [0, 0],
  ]);
  const whole = tf.reshape(spread, [fh * (dh as number), fw * (dw as number), a, b]);
  return tf.slice(
    whole,
    [0, 0, 0, 0],
    [(fh - 1) * (dh as number) + 1, (fw - 1) * (dw as number) + 1, a, b],
  ) as Tensor4D;
}

/** Does something to each of a CONV's groups and puts the answers behind each other. */
function byGroup(
  tf: TF,
  group: number,
  x: TFTensor,
  w: TFTensor,
  work: (x: TFTensor, w: TFTensor) => TFTensor,
): TFTensor {
  if (group === 1) return work(x, w);
  const [inputs, weights] = [tf.split(x, group, 3), tf.split(w, group, 0)];
  return tf.concat(
    inputs.map((part, i) => work(part, weights[i] as TFTensor)),
    3,
  );
}

function withBias(tf: TF, y: TFTensor, bias: TFTensor | undefined): TFTensor {
  return toChannelsFirst(tf, bias === undefined ? y : tf.add(y, bias));
}

export function conv({ tf, inputs: [x, w, b], attributes }: KernelContext<'Conv'>): TFTensor {
  const { strides, pads, dilations, group } = attributes;
  const around = padded(tf, toChannelsLast(tf, x as TFTensor), pads);
  const y = byGroup(tf, group, around, w as TFTensor, (part, filters) =>
    tf.conv2d(
      part as Tensor4D,
      dilated(tf, tf.transpose(filters, [2, 3, 1, 0]), dilations),
      [...strides] as [number, number],
      'valid',
    ),
  );
  return withBias(tf, y, b);
}

export function convTranspose({ tf, inputs: [x, w, b], attributes }: KernelContext<'ConvTranspose'>): TFTensor {
  const { strides, pads, dilations, group, output_padding: extra } = attributes;
  const y = byGroup(tf, group, toChannelsLast(tf, x as TFTensor), w as TFTensor, (part, filters) => {
    const filter = dilated(tf, tf.transpose(filters, [2, 3, 1, 0]), dilations);
    const [n, h, wide] = part.shape as [number, number, number];
    const [fh, fw, channels] = filter.shape;
    const full = [(h - 1) * (strides[0] as number) + fh, (wide - 1) * (strides[1] as number) + fw] as const;
    const whole = tf.conv2dTranspose(
      part as Tensor4D,
      filter,
      [n, ...full, channels],
      [...strides] as [number, number],
      'valid',
    );
    const longer = padded(tf, whole, [0, 0, extra[0] as number, extra[1] as number]);
    const [top, left, bottom, right] = pads as readonly [number, number, number, number];
    const size = [
      full[0] + (extra[0] as number) - top - bottom,
      full[1] + (extra[1] as number) - left - right,
    ] as const;
    return tf.slice(longer, [0, top, left, 0], [n, ...size, channels]);
  });
  return withBias(tf, y, b);
}

export function maxPool({ tf, inputs: [x], attributes }: KernelContext<'MaxPool'>): TFTensor {
  const { kernel_shape, strides, pads, dilations } = attributes;
  const around = padded(tf, toChannelsLast(tf, x as TFTensor), pads, LOWEST);
  const [size, step, apart] = [kernel_shape, strides, dilations].map((pair) => [...pair] as [number, number]);
  return toChannelsFirst(tf, tf.pool(around, size as [number, number], 'max', 'valid', apart, step));
}

export function averagePool({ tf, inputs: [x], attributes }: KernelContext<'AveragePool'>): TFTensor {
  const { kernel_shape, strides, pads, count_include_pad } = attributes;
  const mean = (value: TFTensor) =>
    tf.avgPool(
      padded(tf, value, pads),
      [...kernel_shape] as [number, number],
      [...strides] as [number, number],
      'valid',
    );
  const input = toChannelsLast(tf, x as TFTensor);
  if (count_include_pad === 1 || pads.every((p) => p === 0)) return toChannelsFirst(tf, mean(input));
  return toChannelsFirst(tf, tf.div(mean(input), mean(tf.onesLike(input))));
}

export function lrn({ tf, inputs: [x], attributes: { alpha, beta, bias, size } }: KernelContext<'LRN'>): TFTensor {
  // TensorFlow does not divide α by the size.
  const input = toChannelsLast(tf, x as TFTensor) as Tensor4D;
  return toChannelsFirst(tf, tf.localResponseNormalization(input, (size - 1) / 2, bias, alpha / size, beta));
}
