import { decayed, defineOptimizer } from './define.ts';

/** Stochastic gradient descent with momentum, as torch.optim.SGD: g ← g + λw; v ← μv + g; w ← w − ηv. */
export const sgd = defineOptimizer({
  kind: 'sgd',
  label: 'SGD with momentum',
  uses: ['momentum', 'weightDecay'],
  slots: ['velocity'],
  scalars: ({ learningRate, momentum, weightDecay }) => ({ learningRate, momentum, weightDecay }),
  update: (context) => {
    const { graph, weight, slots } = context;
    const { learningRate, momentum } = context.scalars;
    const g = decayed(context);
    const velocity = graph.add('Add', [graph.add('Mul', [slots.velocity, momentum], {}), g], {});
    const step = graph.add('Mul', [velocity, learningRate], {});
    return { weight: graph.add('Sub', [weight, step], {}), slots: { velocity } };
  },
});
