import type { GraphBuilder } from '../onnx/builder.ts';
import type { Value } from '../onnx/graph.ts';

/** Scalar inputs that may change from step to step without compiling anew. */
export interface SgdInputs {
  readonly learningRate: Value;
  readonly momentum: Value;
  readonly weightDecay: Value;
}

/**
 * One step of stochastic gradient descent with momentum and weight decay, as torch.optim.SGD defines it:
 * g ← g + λw; v ← μv + g; w ← w − ηv.
 */
export function sgdUpdate(
  graph: GraphBuilder,
  { learningRate, momentum, weightDecay }: SgdInputs,
  weight: Value,
  velocity: Value,
  gradient: Value,
): { readonly weight: Value; readonly velocity: Value } {
  const decayed = graph.add('Add', [gradient, graph.add('Mul', [weight, weightDecay], {})], {});
  const nextVelocity = graph.add('Add', [graph.add('Mul', [velocity, momentum], {}), decayed], {});
  const step = graph.add('Mul', [nextVelocity, learningRate], {});
  return { weight: graph.add('Sub', [weight, step], {}), velocity: nextVelocity };
}
