import {
  dropout,
  elu,
  erf,
  hardSigmoid,
  leakyRelu,
  logSoftmax,
  prelu,
  relu,
  selu,
  sigmoid,
  softmax,
  softplus,
  softsign,
  tanh,
} from './activation.ts';
import type { OperatorName } from './attributes.ts';
import { nchwcConv, reorderInput, reorderOutput } from './blocked.ts';
import { conv, convTranspose } from './conv.ts';
import { add, cast, clip, div, equal, exp, greater, identity, mul, neg, pow, sqrt, sub, where } from './elementwise.ts';
import { gemm, matMul } from './linear.ts';
import { batchNormalization, lrn } from './normalization.ts';
import type { Operator } from './operator.ts';
import { averagePool, globalAveragePool, maxPool, maxUnpool } from './pool.ts';
import { argMax, reduceMean, reduceSum } from './reduce.ts';
import { resize } from './resize.ts';
import { concat, expand, flatten, pad, reshape, scatterElements, slice, transpose } from './shape.ts';

/** Every ONNX operator this project writes, reads and differentiates. */
export const OPERATORS: { readonly [O in OperatorName]: Operator<O> } = {
  Add: add,
  ArgMax: argMax,
  AveragePool: averagePool,
  BatchNormalization: batchNormalization,
  Cast: cast,
  Clip: clip,
  Concat: concat,
  Conv: conv,
  ConvTranspose: convTranspose,
  Div: div,
  Dropout: dropout,
  Elu: elu,
  Equal: equal,
  Erf: erf,
  Exp: exp,
  Expand: expand,
  Flatten: flatten,
  Gemm: gemm,
  GlobalAveragePool: globalAveragePool,
  Greater: greater,
  HardSigmoid: hardSigmoid,
  Identity: identity,
  LRN: lrn,
  LeakyRelu: leakyRelu,
  LogSoftmax: logSoftmax,
  MatMul: matMul,
  MaxPool: maxPool,
  MaxUnpool: maxUnpool,
  Mul: mul,
  NchwcConv: nchwcConv,
  Neg: neg,
  PRelu: prelu,
  Pad: pad,
  Pow: pow,
  ReduceMean: reduceMean,
  ReduceSum: reduceSum,
  Relu: relu,
  ReorderInput: reorderInput,
  ReorderOutput: reorderOutput,
  Reshape: reshape,
  Resize: resize,
  ScatterElements: scatterElements,
  Selu: selu,
  Sigmoid: sigmoid,
  Slice: slice,
  Softmax: softmax,
  Softplus: softplus,
  Softsign: softsign,
  Sqrt: sqrt,
  Sub: sub,
  Tanh: tanh,
  Transpose: transpose,
  Where: where,
};
