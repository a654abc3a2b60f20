import type * as TensorFlow from '@tensorflow/tfjs-core';
import type { AttributesOf, OperatorName } from '#core/onnx/operators/attributes.ts';

export type TF = typeof TensorFlow;
export type TFTensor = TensorFlow.Tensor;

export interface KernelContext<O extends OperatorName> {
  readonly tf: TF;
  /** Undefined where an optional input is left out. */
  readonly inputs: readonly (TFTensor | undefined)[];
  readonly attributes: AttributesOf<O>;
  /** Values of an input that is a constant of the graph; undefined where it is left out. */
  constant(index: number): readonly number[] | undefined;
}

export type Kernel<O extends OperatorName> = (context: KernelContext<O>) => TFTensor;
