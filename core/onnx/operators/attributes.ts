/**
 * The ONNX operators this project writes and reads, each with its attributes (opset 17).
 * The operator list lives here once; every per-operator table is typed by it, so that a forgotten case does not compile.
 */

import type { FloatType } from '../tensor.ts';

export type Ints = readonly number[];

interface Window {
  readonly kernel_shape: Ints;
  readonly strides: Ints;
  /** [top, left, bottom, right] */
  readonly pads: Ints;
}

type None = { readonly [name: string]: never };

export interface OperatorAttributes {
  Add: None;
  ArgMax: { readonly axis: number; readonly keepdims: number };
  AveragePool: Window & { readonly count_include_pad: number };
  BatchNormalization: { readonly epsilon: number };
  Cast: { readonly to: 'float32' | 'float64' | 'int64' | 'bool' };
  ChannelSum: { readonly to: FloatType };
  Clip: None;
  Concat: { readonly axis: number };
  Conv: Window & { readonly dilations: Ints; readonly group: number };
  ConvTranspose: Window & { readonly dilations: Ints; readonly group: number; readonly output_padding: Ints };
  Div: None;
  Dropout: None;
  Elu: { readonly alpha: number };
  Equal: None;
  Erf: None;
  Exp: None;
  Expand: None;
  Flatten: { readonly axis: number };
  Floor: None;
  Gather: { readonly axis: number };
  Gemm: { readonly alpha: number; readonly beta: number; readonly transA: number; readonly transB: number };
  GlobalAveragePool: None;
  Greater: None;
  HardSigmoid: { readonly alpha: number; readonly beta: number };
  Identity: None;
  LRN: { readonly alpha: number; readonly beta: number; readonly bias: number; readonly size: number };
  LeakyRelu: { readonly alpha: number };
  LogSoftmax: { readonly axis: number };
  MatMul: None;
  MaxPool: Window & { readonly dilations: Ints };
  MaxUnpool: Window;
  Mul: None;
  NchwcConv: Window & { readonly dilations: Ints; readonly group: number; readonly activation: string };
  Neg: None;
  PRelu: None;
  Pad: None;
  Pow: None;
  ReduceMean: { readonly axes: Ints; readonly keepdims: number };
  ReduceSum: { readonly keepdims: number };
  Relu: None;
  ReorderInput: None;
  ReorderOutput: { readonly channels: number };
  Reshape: None;
  Resize: {
    readonly mode: string;
    readonly coordinate_transformation_mode: string;
    readonly nearest_mode: string;
  };
  ScatterElements: { readonly axis: number; readonly reduction: 'none' | 'add' };
  Selu: { readonly alpha: number; readonly gamma: number };
  Sigmoid: None;
  Slice: None;
  Softmax: { readonly axis: number };
  Softplus: None;
  Softsign: None;
  Sqrt: None;
  Sub: None;
  Tanh: None;
  Transpose: { readonly perm: Ints };
  Where: None;
}

export type OperatorName = keyof OperatorAttributes;

/** Operators of ONNX Runtime's own; the rest are ONNX's. */
export type RuntimeOperatorName = 'NchwcConv' | 'ReorderInput' | 'ReorderOutput';

/** Operators of this project's own: they are written out in ONNX's before a graph is run. */
export type InternalOperatorName = 'ChannelSum';

export type AttributesOf<O extends OperatorName> = OperatorAttributes[O];

/** How an attribute is stored in an ONNX file. */
export type AttributeType = 'int' | 'float' | 'ints' | 'string' | 'dtype';

export type AttributeValue = number | Ints | string;
