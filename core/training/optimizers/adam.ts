import type { GraphBuilder } from '../../onnx/builder.ts';
import type { Value } from '../../onnx/graph.ts';
import { blend, decayed, defineOptimizer, type OptimizerSettings, scaledStep } from './define.ts';

/** The corrections for moments that began at zero are folded into three numbers of the step. */
function moments({ learningRate, weightDecay, beta1, beta2, epsilon }: OptimizerSettings, step: number) {
  return {
    learningRate: learningRate / (1 - beta1 ** step),
    beta1,
    oneMinusBeta1: 1 - beta1,
    beta2,
    oneMinusBeta2: 1 - beta2,
    squaresCorrection: 1 / (1 - beta2 ** step),
    epsilon,
    weightDecay,
    /** 1 − ηλ with the learning rate itself: what AdamW multiplies weights by. */
    shrink: 1 - learningRate * weightDecay,
  };
}
type Scalars = { readonly [S in keyof ReturnType<typeof moments>]: Value };

/** m ← β₁m + (1 − β₁)g; v ← β₂v + (1 − β₂)g²; w ← w − η m̂ / (√v̂ + ε). */
function adamUpdate(
  graph: GraphBuilder,
  weight: Value,
  gradient: Value,
  slots: { readonly mean: Value; readonly squares: Value },
  s: Scalars,
) {
  const mean = blend(graph, s.beta1, slots.mean, s.oneMinusBeta1, gradient);
  const squares = blend(graph, s.beta2, slots.squares, s.oneMinusBeta2, graph.add('Mul', [gradient, gradient], {}));
  const corrected = graph.add('Mul', [squares, s.squaresCorrection], {});
  return { weight: scaledStep(graph, weight, mean, corrected, s), slots: { mean, squares } };
}

const USES = ['beta1', 'beta2', 'epsilon', 'weightDecay'] as const;

/** Adam (Kingma and Ba 2015), as torch.optim.Adam: weight decay is part of the gradient. */
export const adam = defineOptimizer({
  kind: 'adam',
  label: 'Adam',
  uses: USES,
  slots: ['mean', 'squares'],
  scalars: moments,
  update: (context) => adamUpdate(context.graph, context.weight, decayed(context), context.slots, context.scalars),
});

/** AdamW (Loshchilov and Hutter 2019), as torch.optim.AdamW: weight decay shrinks the weights beside the step. */
export const adamw = defineOptimizer({
  kind: 'adamw',
  label: 'AdamW',
  uses: USES,
  slots: ['mean', 'squares'],
  scalars: moments,
  update: ({ graph, weight, gradient, decays, slots, scalars }) => {
    const shrunk = decays ? graph.add('Mul', [weight, scalars.shrink], {}) : weight;
    return adamUpdate(graph, shrunk, gradient, slots, scalars);
  },
});
