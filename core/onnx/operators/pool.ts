import type { Value } from '../graph.ts';
import { elementCount, float32 } from '../tensor.ts';
import { isPositive } from './elementwise.ts';
import { type GradientContext, type GraphWriter, notDifferentiable, type Operator } from './operator.ts';
import {
  padSpatial,
  scatterWindows,
  unreadBy,
  WINDOW_ATTRIBUTES,
  type WindowAttributes,
  windowOutput,
} from './window.ts';

/** Smaller than any activation: what MAX POOL sees outside the picture. */
const LOWEST = -3.4e38;

export const maxPool: Operator<'MaxPool'> = {
  attributes: WINDOW_ATTRIBUTES,
  defaults: () => ({ strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1] }),
  types: (context) => {
    const { dtype, dims } = context.input(0);
    const [oh, ow] = windowOutput(dims, context.attributes);
    if (oh < 1 || ow < 1) context.fail('has a window larger than its padded input');
    const out = [...dims.slice(0, 2), oh, ow];
    return [
      { dtype, dims: out },
      { dtype: 'int64', dims: out },
    ];
  },
  gradient: (context) => [context.graph.target.maxPoolIndices ? byIndices(context) : byComparison(context)],
};

/** dx of MAX POOL: dy added up at the indices of the maxima (ties: the first, as in PyTorch). */
function byIndices({ graph, inputs, output: y, dy, attributes, extraOutput }: GradientContext<'MaxPool'>): Value {
  const dims = graph.dims(inputs[0] as Value);
  const indices = extraOutput(1);
  const { kernel_shape, strides, pads, dilations } = attributes;
  const overlapping = kernel_shape.some((f, axis) => (strides[axis] as number) < f || dilations[axis] !== 1);
  // Where no pixel is in two windows nothing is added up: half the time of ScatterElements.
  if (!overlapping) {
    // Behind a RELU: y is positive just where the pixel that it was taken from is, so that RELU's mask can be laid over
    // the few values of dy instead of over the picture.
    const masked =
      graph.producer(inputs[0] as Value)?.op === 'Relu' ? graph.add('Mul', [dy, isPositive(graph, y)], {}) : dy;
    return graph.add('MaxUnpool', [masked, indices, graph.ints(dims)], { kernel_shape, strides, pads });
  }
  const size = elementCount(dims);
  const flat = (v: Value) => graph.add('Reshape', [v, graph.ints([-1])], {});
  const zeros = graph.add('Expand', [graph.scalar(0), graph.ints([size])], {});
  const summed = graph.add('ScatterElements', [zeros, flat(indices), flat(dy)], { axis: 0, reduction: 'add' });
  return graph.add('Reshape', [summed, graph.ints(dims)], {});
}

/**
 * dx of MAX POOL without indices: the taps of each window are compared with its maximum, the first equal one takes
 * the gradient, and one ConvTranspose puts every tap back in its place.
 */
function byComparison({ graph, inputs, output: y, attributes, dy }: GradientContext<'MaxPool'>): Value {
  const x = inputs[0] as Value;
  const dims = graph.dims(x);
  const [n, channels] = dims as readonly [number, number];
  const [, , oh, ow] = graph.dims(y) as readonly [number, number, number, number];
  const { kernel_shape: f, strides: s, pads, dilations: d } = attributes;
  const [fh, fw] = f as readonly [number, number];
  const [top, left, bottom, right] = pads as readonly [number, number, number, number];
  const padded = pads.every((p) => p === 0)
    ? x
    : graph.add('Pad', [x, graph.ints([0, 0, top, left, 0, 0, bottom, right]), graph.scalar(LOWEST)], {});
  let free: Value = graph.scalar(1); // 1 where no earlier tap was the maximum
  const taps: Value[] = [];
  for (let i = 0; i < fh; i++) {
    for (let j = 0; j < fw; j++) {
      const begin = [i * (d[0] as number), j * (d[1] as number)];
      const end = begin.map((at, a) => at + (s[a] as number) * ((a === 0 ? oh : ow) - 1) + 1);
      const at = [begin, end, [2, 3], s].map((ints) => graph.ints(ints));
      const tap = graph.add('Slice', [padded, ...at], {});
      const hit = graph.add('Cast', [graph.add('Equal', [tap, y], {})], { to: 'float32' });
      const first = graph.add('Mul', [hit, free], {});
      free = graph.add('Sub', [free, first], {});
      const taken = graph.add('Mul', [dy, first], {});
      taps.push(graph.add('Reshape', [taken, graph.ints([n * channels, 1, oh, ow])], {}));
    }
  }
  const count = fh * fw;
  const kernel = new Float32Array(count * count);
  for (let tap = 0; tap < count; tap++) kernel[tap * count + tap] = 1;
  const oneEach = graph.constant(float32([count, 1, fh, fw], kernel));
  return scatterWindows(graph, graph.add('Concat', taps, { axis: 1 }), oneEach, dims, attributes);
}

/** Puts every value where its index says, zeros elsewhere: inputs are values, indices and the shape to fill. */
export const maxUnpool: Operator<'MaxUnpool'> = {
  attributes: { kernel_shape: 'ints', strides: 'ints', pads: 'ints' },
  defaults: () => ({ strides: [1, 1], pads: [0, 0, 0, 0] }),
  types: ({ input, constantNumbers }) => [{ dtype: input(0).dtype, dims: constantNumbers(2) }],
  gradient: notDifferentiable('it is written by gradients only'),
};

export const averagePool: Operator<'AveragePool'> = {
  attributes: { kernel_shape: 'ints', strides: 'ints', pads: 'ints', count_include_pad: 'int' },
  defaults: () => ({ strides: [1, 1], pads: [0, 0, 0, 0], count_include_pad: 0 }),
  types: (context) => {
    const { dtype, dims } = context.input(0);
    const [oh, ow] = windowOutput(dims, context.attributes);
    if (oh < 1 || ow < 1) context.fail('has a window larger than its padded input');
    return [{ dtype, dims: [...dims.slice(0, 2), oh, ow] }];
  },
  gradient: ({ graph, inputs: [x], dy, attributes }) => {
    const dims = graph.dims(x as Value);
    const { kernel_shape: f, strides: s, pads, count_include_pad } = attributes;
    const [fh, fw] = f as readonly [number, number];
    const padded = pads.some((p) => p !== 0);
    if (!padded && fh === s[0] && fw === s[1]) return [spreadEvenly(graph, dy, dims, attributes)];
    const share = count_include_pad === 1 || !padded ? 1 / (fh * fw) : 1;
    const weighted = share === 1 ? graph.add('Mul', [dy, graph.constant(inverseCounts(dims, attributes))], {}) : dy;
    const kernel = float32([1, 1, fh, fw], new Float32Array(fh * fw).fill(share));
    const [n, c, oh, ow] = graph.dims(dy) as readonly [number, number, number, number];
    const maps = graph.add('Reshape', [weighted, graph.ints([n * c, 1, oh, ow])], {});
    return [scatterWindows(graph, maps, graph.constant(kernel), dims, attributes)];
  },
};

/** dx of an average over windows that tile the picture: every pixel of a window gets dy / (fh·fw). */
function spreadEvenly(graph: GraphWriter, dy: Value, dims: readonly number[], attributes: WindowAttributes): Value {
  const [n, c, oh, ow] = graph.dims(dy) as readonly [number, number, number, number];
  const [fh, fw] = attributes.kernel_shape as readonly [number, number];
  const share = graph.add('Mul', [dy, graph.scalar(1 / (fh * fw))], {});
  const apart = graph.add('Reshape', [share, graph.ints([n * c, oh, 1, ow, 1])], {});
  const spread = graph.add('Expand', [apart, graph.ints([n * c, oh, fh, ow, fw])], {});
  const tiled = graph.add('Reshape', [spread, graph.ints([n, c, oh * fh, ow * fw])], {});
  const [unreadH, unreadW] = unreadBy(dims, attributes);
  return padSpatial(graph, tiled, [0, 0, unreadH, unreadW]);
}

/** 1 / (pixels of the picture that each window covers), [1, 1, oh, ow]. */
function inverseCounts(dims: readonly number[], attributes: WindowAttributes) {
  const [oh, ow] = windowOutput(dims, attributes);
  const covered = (axis: 0 | 1, at: number) => {
    const begin = at * (attributes.strides[axis] as number) - (attributes.pads[axis] as number);
    const end = begin + (attributes.kernel_shape[axis] as number);
    return Math.min(end, dims[2 + axis] as number) - Math.max(begin, 0);
  };
  const data = new Float32Array(oh * ow);
  for (let i = 0; i < oh; i++) for (let j = 0; j < ow; j++) data[i * ow + j] = 1 / (covered(0, i) * covered(1, j));
  return float32([1, 1, oh, ow], data);
}

export const globalAveragePool: Operator<'GlobalAveragePool'> = {
  attributes: {},
  types: ({ input }) => [{ dtype: input(0).dtype, dims: [...input(0).dims.slice(0, 2), 1, 1] }],
  gradient: ({ graph, inputs: [x], dy }) => {
    const dims = graph.dims(x as Value);
    const share = graph.add('Mul', [dy, graph.scalar(1 / elementCount(dims.slice(2)))], {});
    return [graph.add('Expand', [share, graph.ints(dims)], {})];
  },
};
