import type { GraphBuilder } from '../../onnx/builder.ts';
import type { Value } from '../../onnx/graph.ts';
import type { TrainingSettings } from '../settings.ts';

/** What an update is written with. Slots and scalars are graph values by the names that the optimizer declares. */
export interface UpdateContext<Slot extends string, Scalar extends string> {
  readonly graph: GraphBuilder;
  readonly weight: Value;
  readonly gradient: Value;
  /** Whether weight decay is on at all: a pass over every weight is not spent on adding 0. */
  readonly decays: boolean;
  readonly slots: { readonly [S in Slot]: Value };
  readonly scalars: { readonly [S in Scalar]: Value };
}

/** One optimizer: the state it keeps for each weight, the numbers it is fed at each step, and its update as ONNX nodes. */
export interface OptimizerDefinition<
  K extends string = string,
  Slot extends string = string,
  Scalar extends string = string,
> {
  readonly kind: K;
  readonly label: string;
  /** Settings that it reads beside the learning rate. */
  readonly uses: readonly (keyof TrainingSettings)[];
  /** Tensors of a weight's shape that are kept from step to step; zeros at first. */
  readonly slots: readonly Slot[];
  /** Numbers of one step: they change without compiling anew. `step` counts from 1. */
  scalars(settings: OptimizerSettings, step: number): { readonly [S in Scalar]: number };
  update(context: UpdateContext<Slot, Scalar>): {
    readonly weight: Value;
    readonly slots: { readonly [S in Slot]: Value };
  };
}

export type OptimizerSettings = Pick<
  TrainingSettings,
  'learningRate' | 'momentum' | 'weightDecay' | 'beta1' | 'beta2' | 'rho' | 'epsilon'
>;

export function defineOptimizer<const K extends string, const Slot extends string, const Scalar extends string>(
  definition: OptimizerDefinition<K, Slot, Scalar>,
): OptimizerDefinition<K, Slot, Scalar> {
  return definition;
}

/** g + λw: weight decay as a term of the loss (L2). */
export function decayed({
  graph,
  gradient,
  weight,
  decays,
  scalars: { weightDecay },
}: Pick<UpdateContext<never, 'weightDecay'>, 'graph' | 'gradient' | 'weight' | 'decays' | 'scalars'>): Value {
  if (!decays) return gradient;
  return graph.add('Add', [gradient, graph.add('Mul', [weight, weightDecay], {})], {});
}

/** a·x + b·y for graph values. */
export function blend(graph: GraphBuilder, a: Value, x: Value, b: Value, y: Value): Value {
  return graph.add('Add', [graph.add('Mul', [x, a], {}), graph.add('Mul', [y, b], {})], {});
}

/** w − η · n / (√s + ε). */
export function scaledStep(
  graph: GraphBuilder,
  weight: Value,
  numerator: Value,
  squares: Value,
  { learningRate, epsilon }: { readonly learningRate: Value; readonly epsilon: Value },
): Value {
  const root = graph.add('Add', [graph.add('Sqrt', [squares], {}), epsilon], {});
  const step = graph.add('Mul', [graph.add('Div', [numerator, root], {}), learningRate], {});
  return graph.add('Sub', [weight, step], {});
}
