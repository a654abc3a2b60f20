import type { Window } from '../fit.ts';
import type { Value } from '../onnx/graph.ts';
import type { GraphWriter } from '../onnx/operators/operator.ts';
import type { TensorType } from '../onnx/tensor.ts';
import type { Shape } from '../shape.ts';
import type { Step } from '../working/working.ts';
import type { FieldSpecs, Fields, FieldsOf } from './fields.ts';

/** Palette groups, in palette order. */
export const CATEGORIES = [
  'Input',
  'Convolution',
  'Pooling',
  'Dense',
  'Activation',
  'Regularisation',
  'Merge',
  'Blocks',
] as const;
export type Category = (typeof CATEGORIES)[number];

/** How a tensor gets its first values; fans count the weights that feed, or are fed by, one unit. */
export type InitializerSpec =
  | { readonly type: 'he' | 'glorot'; readonly fanIn: number; readonly fanOut: number }
  | { readonly type: 'gaussian'; readonly std: number }
  | { readonly type: 'uniform'; readonly limit: number }
  | { readonly type: 'orthogonal'; readonly gain: number }
  | { readonly type: 'constant'; readonly value: number };

/** One tensor that belongs to a layer. */
export interface WeightSpec {
  /** `weight` and `bias` as PyTorch names them; the full name is `<layer>.<name>`. */
  readonly name: string;
  readonly dims: readonly number[];
  /** Weights and biases are learned; a buffer is state that the forward pass keeps (running mean and variance). */
  readonly role: 'weight' | 'bias' | 'buffer';
  readonly initializer: InitializerSpec;
}

/** One click that mends a problem: new values for some fields, or a layer put before this one. */
export type LayerFix = (
  | { readonly type: 'fields'; readonly label: string; readonly fields: Fields }
  | { readonly type: 'insert-before'; readonly label: string; readonly kind: string }
) & {
  /** Of the fixes of one group, only the first that helps is offered; none: it is a group of its own. */
  readonly group?: string;
};

/** Why a layer cannot take its inputs. */
export interface ShapeFault {
  readonly code: 'window' | 'mismatch' | 'needs-vector' | 'needs-volume' | 'groups' | 'field';
  /** What it needs, what it got, what to do. */
  readonly message: string;
  /** Proposals, best first: what is offered of them is tried on the whole network (network/offered-fixes.ts). */
  readonly fixes?: readonly LayerFix[];
}

/** A layer's output shape, or why there is none. With both, the shape is what the layer would give once mended. */
export type ShapeAnswer =
  | { readonly shape: Shape; readonly fault?: ShapeFault }
  | { readonly shape?: undefined; readonly fault: ShapeFault };

/** A layer's window and what its fields allow. */
export interface LayerWindow extends Window {
  /** Largest padding the layer takes for a window of this reach. */
  maxPadding(reach: number): number;
  /** Name of the field that holds the window's side. */
  readonly sizeField: 'kernelSize' | 'poolSize';
}

/** Where the pixels of an output come from that is made without a window; both axes as [height, width]. */
export type Placement =
  /** Every pixel several times, one behind the other. */
  | { readonly type: 'repeated'; readonly factors: readonly [number, number] }
  /** Behind so many pixels that come from none. */
  | { readonly type: 'padded'; readonly padding: readonly [number, number] }
  /** From anywhere. */
  | { readonly type: 'rearranged' };

/** What a layer's random numbers are drawn from. */
export type Distribution =
  /** 0 with probability `rate`, else 1 / (1 − rate): the expectation is 1. */
  | { readonly type: 'mask'; readonly rate: number }
  | { readonly type: 'uniform'; readonly low: number; readonly high: number }
  | { readonly type: 'gaussian'; readonly std: number };

/** What a layer writes its ONNX nodes with. */
export interface EmitContext<F = Fields> {
  readonly graph: GraphWriter;
  readonly fields: F;
  readonly inputs: readonly Value[];
  /** Training normalises by the batch and drops activations; inference uses what was learned. */
  readonly mode: 'training' | 'inference';
  /** One of the layer's own tensors, by its short name. */
  weight(name: string): Value;
  /** Random numbers, as an input of the graph that the trainer fills anew for every batch (training only). */
  random(type: TensorType, distribution: Distribution): Value;
  /** New value of a buffer after this step (training only). */
  updateBuffer(name: string, value: Value): void;
  /** A part of the graph with a gradient of its own, cheaper than that of its nodes. */
  withGradient(
    inputs: readonly Value[],
    write: () => { readonly output: Value; gradient(dy: Value): readonly Value[] },
  ): Value;
}

export interface LayerInputs<F> {
  readonly inputs: readonly Shape[];
  readonly fields: F;
}

/** One kind of layer, all of it: what is asked, computed, counted and written comes from here. */
export interface LayerDefinition<K extends string = string, F = Fields> {
  /** Keras's name. */
  readonly kind: K;
  /** The lectures' word, as the palette shows it. */
  readonly label: string;
  readonly category: Category;
  /** Stem of new layers' names: "conv" gives conv1, conv2, … */
  readonly stem: string;
  /** One sentence for a student. */
  readonly summary: string;
  readonly fields: FieldSpecs;
  /** How many layers may feed it. */
  readonly arity: { readonly min: number; readonly max: number };
  /**
   * Whether its output is counted as a volume of its own. The lectures count element-wise layers and reshapes as done
   * in place: 0 activations.
   */
  readonly inPlace: boolean;
  outputShape(given: LayerInputs<F>): ShapeAnswer;
  weights?(given: LayerInputs<F>): readonly WeightSpec[];
  /** Multiply–accumulates for one image. */
  macs?(given: LayerInputs<F> & { readonly output: Shape }): number;
  /** The window that slides over its input, for the fit and the receptive field. */
  window?(fields: F): LayerWindow;
  /** Where its output's pixels come from, where no window says so and they are not those of its input one by one. */
  placement?(fields: F): Placement;
  /** It hands on the numbers that it gets, only in another shape or with noise: a loss may read what is before it. */
  readonly passesValues?: true;
  /** The numbers that it can give, in words: "numbers from 0 to 1"; none: any. */
  readonly range?: string;
  /** While training, it takes mean and variance of each channel over the batch. */
  readonly normalizesBatch?: true;
  /** How its output follows from its input, where neither its window nor "the same" says so. */
  outputSteps?(given: LayerInputs<F> & { readonly output: Shape }): readonly Step[];
  /** Writes the forward nodes and answers the output's name. */
  emit(context: EmitContext<F>): Value;
  /** The settings in a few characters, as on the node: "6 · 5×5 · S1 P2". */
  describe(fields: F): string;
}

/** A definition whose fields' type is forgotten, as the registry keeps it. */
export type AnyLayerDefinition = LayerDefinition<string, never>;

/**
 * Declares a layer kind. The type of `fields` in every function follows from the specs; values reach them only through
 * the schemas made from the same specs.
 */
export function defineLayer<const K extends string, const S extends FieldSpecs>(
  definition: Omit<LayerDefinition<K, FieldsOf<S>>, 'fields'> & { readonly fields: S },
): LayerDefinition<K, FieldsOf<S>> & { readonly fields: S } {
  return definition;
}
