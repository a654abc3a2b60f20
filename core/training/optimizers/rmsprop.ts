import { blend, decayed, defineOptimizer, scaledStep } from './define.ts';

/** RMSprop (Hinton's lecture 6e), as torch.optim.RMSprop: s ← ρs + (1 − ρ)g²; w ← w − ηg / (√s + ε). */
export const rmsprop = defineOptimizer({
  kind: 'rmsprop',
  label: 'RMSprop',
  uses: ['weightDecay', 'rho', 'epsilon'],
  slots: ['squares'],
  scalars: ({ learningRate, weightDecay, rho, epsilon }) => ({
    learningRate,
    weightDecay,
    rho,
    oneMinusRho: 1 - rho,
    epsilon,
  }),
  update: (context) => {
    const { graph, weight, slots, scalars } = context;
    const g = decayed(context);
    const squares = blend(graph, scalars.rho, slots.squares, scalars.oneMinusRho, graph.add('Mul', [g, g], {}));
    return { weight: scaledStep(graph, weight, g, squares, scalars), slots: { squares } };
  },
});
