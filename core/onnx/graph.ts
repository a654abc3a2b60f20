import type { AttributesOf, OperatorName } from './operators/attributes.ts';
import type { Tensor, TensorType } from './tensor.ts';

/** The ONNX operator set that graphs are written in; 17 is read by every current runtime. */
export const OPSET = 17;

/** The name of a tensor in a graph: an input, an initializer or a node's output. */
export type Value = string;

export interface GraphNode<O extends OperatorName = OperatorName> {
  readonly op: O;
  readonly name: string;
  /** `''` stands for an optional input left out, as in ONNX. */
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly attributes: AttributesOf<O>;
}

export interface NamedType {
  readonly name: Value;
  readonly type: TensorType;
}

/** An ONNX graph: nodes in an order in which they can run. */
export interface Graph {
  readonly name: string;
  readonly inputs: readonly NamedType[];
  readonly outputs: readonly NamedType[];
  readonly initializers: ReadonlyMap<Value, Tensor>;
  readonly nodes: readonly GraphNode[];
}
