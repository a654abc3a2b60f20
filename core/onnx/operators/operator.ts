import type { GraphNode, Value } from '../graph.ts';
import type { FloatType, Tensor, TensorType } from '../tensor.ts';
import type { AttributesOf, AttributeType, OperatorName } from './attributes.ts';

/** What gradient rules write their nodes with. */
export interface GraphWriter {
  /** Adds a node and returns its first output. `undefined` inputs are optional ones left out. */
  add<O extends OperatorName>(op: O, inputs: readonly (Value | undefined)[], attributes: AttributesOf<O>): Value;
  /** A constant; equal constants are stored once. */
  constant(tensor: Tensor): Value;
  scalar(value: number, dtype?: FloatType): Value;
  ints(values: readonly number[]): Value;
  typeOf(value: Value): TensorType;
  dims(value: Value): readonly number[];
  /** The node that computes a value, undefined for an input or a constant. */
  producer(value: Value): GraphNode | undefined;
  /** What the device that will run the graph can do. */
  readonly target: Target;
}

/** What differs between execution providers and decides which form of a gradient is written. */
export interface Target {
  /** MaxPool answers the indices of its maxima (the WebGPU provider does not). */
  readonly maxPoolIndices: boolean;
  /**
   * Whether a CONV with these input channels comes out wrong unless they are padded with zeros to a multiple of 4.
   * See docs/decisions/0006-device-trust.md.
   */
  needsChannelPadding(channels: number): boolean;
  /** ConvTranspose is right with several channels in each of several groups (the WebGPU provider is not). */
  readonly groupedConvTranspose: boolean;
  /** Channels in a block of the runtime's own layout (operators/blocked.ts); 0 where it has none. */
  readonly channelBlock: number;
  /** Precision in which long sums are finished: double where the device has it (CPUs do, most GPUs do not). */
  readonly sums: FloatType;
}

export interface TypeContext<O extends OperatorName> {
  readonly inputs: readonly (TensorType | undefined)[];
  readonly attributes: AttributesOf<O>;
  /** Type of a required input. */
  input(index: number): TensorType;
  /** Values of an input that must be a constant (axes, pads, shape, scales). */
  constantNumbers(index: number): readonly number[];
  hasInput(index: number): boolean;
  readonly target: Target;
  fail(reason: string): never;
}

export interface GradientContext<O extends OperatorName> {
  readonly graph: GraphWriter;
  readonly inputs: readonly Value[];
  readonly output: Value;
  readonly attributes: AttributesOf<O>;
  /** An optional further output of the node; asking adds it to the node. */
  extraOutput(index: number): Value;
  /** dLoss/dOutput of the first output. */
  readonly dy: Value;
  /** Whether somebody needs the gradient of this input. */
  wants(index: number): boolean;
  /** Values of an input that is a constant. */
  constantNumbers(index: number): readonly number[];
}

/**
 * One ONNX operator: how its attributes are stored, the types of its outputs, and its gradient.
 * `gradient` answers dLoss/dInput for each input, `undefined` where nothing flows (integer inputs, unwanted ones).
 */
export interface Operator<O extends OperatorName> {
  /** Where it is no operator of ONNX but one of ONNX Runtime's own: it is never read from a file. */
  readonly runtime?: { readonly domain: string; readonly name: string };
  /** An operator of this project's own, which is written out in ONNX's before a graph is run, and never read from a file. */
  readonly internal?: true;
  readonly attributes: { readonly [A in keyof AttributesOf<O>]: AttributeType };
  /** ONNX's defaults for attributes that a file may leave out. */
  readonly defaults?: (inputs: readonly (TensorType | undefined)[]) => Partial<AttributesOf<O>>;
  types(context: TypeContext<O>): readonly TensorType[];
  readonly gradient: ((context: GradientContext<O>) => readonly (Value | undefined)[]) | NotDifferentiable;
}

/** Says why no gradient flows through an operator. */
export interface NotDifferentiable {
  readonly notDifferentiable: string;
}

export function notDifferentiable(why: string): NotDifferentiable {
  return { notDifferentiable: why };
}
