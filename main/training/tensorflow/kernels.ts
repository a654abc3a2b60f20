import type { InternalOperatorName, OperatorName, RuntimeOperatorName } from '#core/onnx/operators/attributes.ts';
import { broadcast } from '#core/onnx/operators/elementwise.ts';
import { sliceRanges } from '#core/onnx/operators/shape.ts';
import type { Kernel, KernelContext, TF, TFTensor } from './define.ts';
import { averagePool, conv, convTranspose, lrn, maxPool } from './windows.ts';

/** Operators that are never written for a target without indices of maxima. */
type Unwritten = 'MaxUnpool' | 'ScatterElements';
export type TensorFlowOperator = Exclude<OperatorName, RuntimeOperatorName | InternalOperatorName | Unwritten>;

/** Input 0; every operator here has one. */
function first({ inputs }: { readonly inputs: readonly (TFTensor | undefined)[] }): TFTensor {
  return inputs[0] as TFTensor;
}

type Unary = 'abs' | 'erf' | 'exp' | 'floor' | 'neg' | 'relu' | 'sigmoid' | 'softplus' | 'sqrt' | 'tanh';
const unary =
  (name: Unary) =>
  <O extends OperatorName>(context: KernelContext<O>): TFTensor =>
    context.tf[name](first(context));

type Binary = 'add' | 'sub' | 'mul' | 'div' | 'pow' | 'equal' | 'greater';
const binary =
  (name: Binary) =>
  <O extends OperatorName>({ tf, inputs: [a, b] }: KernelContext<O>): TFTensor =>
    tf[name](a as TFTensor, b as TFTensor);

/** ln Σ eˣ over an axis, kept: the largest is taken out first. */
function logSum(tf: TF, x: TFTensor, axis: number): TFTensor {
  return tf.logSumExp(x, axis, true);
}

/** [C] → [1, C, 1, 1] or as many axes as x has. */
function perChannel(tf: TF, value: TFTensor, x: TFTensor): TFTensor {
  return tf.reshape(value, [1, -1, ...x.shape.slice(2).map(() => 1)]);
}

/** Pads, crops where a number is negative: ONNX's [begin of every axis, end of every axis]. */
function pad(tf: TF, x: TFTensor, pads: readonly number[], value: number): TFTensor {
  const axes = x.shape.map((_, axis) => [pads[axis] as number, pads[axis + x.rank] as number] as const);
  const begin = axes.map(([front]) => Math.max(0, -front));
  const size = axes.map(([front, back], axis) => (x.shape[axis] as number) + Math.min(0, front) + Math.min(0, back));
  const cropped = tf.slice(x, begin, size);
  return tf.pad(
    cropped,
    axes.map(([front, back]) => [Math.max(0, front), Math.max(0, back)]),
    value,
  );
}

/** TensorFlow.js has no doubles; a graph for it has none either (its target's `sums`). */
const DTYPES = { float32: 'float32', float64: 'float32', int64: 'int32', bool: 'bool' } as const;

/** Every ONNX operator of a training step, in TensorFlow's. */
export const KERNELS: { readonly [O in TensorFlowOperator]: Kernel<O> } = {
  Add: binary('add'),
  ArgMax: ({ tf, inputs: [x], attributes: { axis, keepdims } }) => {
    const found = tf.argMax(x as TFTensor, axis);
    return keepdims === 1 ? tf.expandDims(found, axis) : found;
  },
  AveragePool: averagePool,
  BatchNormalization: ({ tf, inputs, attributes: { epsilon } }) => {
    const [x, scale, shift, mean, variance] = inputs as readonly [TFTensor, TFTensor, TFTensor, TFTensor, TFTensor];
    const slope = tf.div(scale, tf.sqrt(tf.add(variance, epsilon)));
    const centred = tf.sub(x, perChannel(tf, mean, x));
    return tf.add(tf.mul(centred, perChannel(tf, slope, x)), perChannel(tf, shift, x));
  },
  Cast: ({ tf, inputs: [x], attributes: { to } }) => tf.cast(x as TFTensor, DTYPES[to]),
  Clip: ({ tf, inputs: [x, low, high] }) => {
    const raised = low === undefined ? (x as TFTensor) : tf.maximum(x as TFTensor, low);
    return high === undefined ? raised : tf.minimum(raised, high);
  },
  Concat: ({ tf, inputs, attributes: { axis } }) => tf.concat(inputs as TFTensor[], axis),
  Conv: conv,
  ConvTranspose: convTranspose,
  Div: binary('div'),
  Dropout: (context) => context.tf.clone(first(context)),
  Elu: ({ tf, inputs: [x], attributes: { alpha } }) => {
    const value = x as TFTensor;
    return tf.where(tf.greater(value, 0), value, tf.mul(tf.expm1(tf.minimum(value, 0)), alpha));
  },
  Equal: binary('equal'),
  Erf: unary('erf'),
  Exp: unary('exp'),
  Expand: ({ tf, inputs: [x], constant }) => {
    const value = x as TFTensor;
    const dims = broadcast(value.shape, constant(1) ?? []) ?? value.shape;
    return tf.broadcastTo(value, [...dims]);
  },
  Flatten: ({ tf, inputs: [x], attributes: { axis } }) => {
    const { shape } = x as TFTensor;
    const rows = shape.slice(0, axis).reduce((product, dim) => product * dim, 1);
    return tf.reshape(x as TFTensor, [rows, -1]);
  },
  Floor: unary('floor'),
  Gather: ({ tf, inputs: [x, indices], attributes: { axis } }) => tf.gather(x as TFTensor, indices as TFTensor, axis),
  Gemm: ({ tf, inputs: [a, b, c], attributes: { alpha, beta, transA, transB } }) => {
    const product = tf.matMul(a as TFTensor, b as TFTensor, transA === 1, transB === 1);
    const scaled = alpha === 1 ? product : tf.mul(product, alpha);
    return c === undefined ? scaled : tf.add(scaled, tf.mul(c, beta));
  },
  GlobalAveragePool: ({ tf, inputs: [x] }) => tf.mean(x as TFTensor, [2, 3], true),
  Greater: binary('greater'),
  HardSigmoid: ({ tf, inputs: [x], attributes: { alpha, beta } }) =>
    tf.minimum(tf.maximum(tf.add(tf.mul(x as TFTensor, alpha), beta), 0), 1),
  Identity: (context) => context.tf.clone(first(context)),
  LRN: lrn,
  LeakyRelu: ({ tf, inputs: [x], attributes: { alpha } }) => tf.leakyRelu(x as TFTensor, alpha),
  LogSoftmax: ({ tf, inputs: [x], attributes: { axis } }) => tf.sub(x as TFTensor, logSum(tf, x as TFTensor, axis)),
  MatMul: ({ tf, inputs: [a, b] }) => tf.matMul(a as TFTensor, b as TFTensor),
  MaxPool: maxPool,
  Mul: binary('mul'),
  Neg: unary('neg'),
  PRelu: ({ tf, inputs: [x, slope] }) => {
    const value = x as TFTensor;
    return tf.where(tf.greater(value, 0), value, tf.mul(value, slope as TFTensor));
  },
  Pad: ({ tf, inputs: [x], constant }) => pad(tf, x as TFTensor, constant(1) ?? [], constant(2)?.[0] ?? 0),
  Pow: binary('pow'),
  ReduceMean: ({ tf, inputs: [x], attributes: { axes, keepdims } }) =>
    tf.mean(x as TFTensor, [...axes], keepdims === 1),
  ReduceSum: ({ tf, inputs: [x], constant, attributes: { keepdims } }) =>
    tf.sum(x as TFTensor, [...(constant(1) ?? [])], keepdims === 1),
  Relu: unary('relu'),
  Reshape: ({ tf, inputs: [x], constant }) => {
    const { shape } = x as TFTensor;
    // ONNX's 0 keeps a dimension.
    return tf.reshape(
      x as TFTensor,
      (constant(1) ?? []).map((dim, axis) => (dim === 0 ? (shape[axis] as number) : dim)),
    );
  },
  Resize: ({ tf, inputs: [x], constant }) => {
    const value = x as TFTensor;
    const factors = (constant(2) ?? []).map(Math.round);
    const dims = value.shape;
    const apart = tf.reshape(value, [
      (dims[0] as number) * (dims[1] as number),
      dims[2] as number,
      1,
      dims[3] as number,
      1,
    ]);
    const repeated = tf.tile(apart, [1, 1, factors[2] as number, 1, factors[3] as number]);
    return tf.reshape(
      repeated,
      dims.map((dim, axis) => dim * (factors[axis] as number)),
    );
  },
  Selu: ({ tf, inputs: [x], attributes: { alpha, gamma } }) => {
    const value = x as TFTensor;
    const negative = tf.mul(tf.expm1(tf.minimum(value, 0)), alpha);
    return tf.mul(tf.where(tf.greater(value, 0), value, negative), gamma);
  },
  Sigmoid: unary('sigmoid'),
  Slice: ({ tf, inputs: [x], constant }) => {
    const value = x as TFTensor;
    const ranges = sliceRanges(value.shape, constant(1) ?? [], constant(2) ?? [], constant(3), constant(4));
    const backwards = ranges.flatMap(({ step }, axis) => (step < 0 ? [axis] : []));
    const turned = backwards.length === 0 ? value : tf.reverse(value, backwards);
    const begin = ranges.map(({ begin: at, step }, axis) => (step < 0 ? (value.shape[axis] as number) - 1 - at : at));
    const stride = ranges.map(({ step }) => Math.abs(step));
    const end = begin.map((at, axis) => at + (stride[axis] as number) * ((ranges[axis]?.count ?? 1) - 1) + 1);
    return tf.stridedSlice(turned, begin, end, stride);
  },
  Softmax: ({ tf, inputs: [x], attributes: { axis } }) =>
    tf.exp(tf.sub(x as TFTensor, logSum(tf, x as TFTensor, axis))),
  Softplus: unary('softplus'),
  Softsign: ({ tf, inputs: [x] }) => tf.div(x as TFTensor, tf.add(tf.abs(x as TFTensor), 1)),
  Sqrt: unary('sqrt'),
  Sub: binary('sub'),
  Tanh: unary('tanh'),
  Transpose: ({ tf, inputs: [x], attributes: { perm } }) => tf.transpose(x as TFTensor, [...perm]),
  Where: ({ tf, inputs: [condition, a, b] }) => tf.where(condition as TFTensor, a as TFTensor, b as TFTensor),
};
