import { decayed, defineOptimizer } from './define.ts';

/** Nesterov's momentum, as torch.optim.SGD with nesterov=True: v ← μv + g; w ← w − η(g + μv). */
export const nesterov = defineOptimizer({
  kind: 'nesterov',
  label: 'SGD, Nesterov momentum',
  uses: ['momentum', 'weightDecay'],
  slots: ['velocity'],
  scalars: ({ learningRate, momentum, weightDecay }) => ({ learningRate, momentum, weightDecay }),
  update: (context) => {
    const { graph, weight, slots } = context;
    const { learningRate, momentum } = context.scalars;
    const g = decayed(context);
    const velocity = graph.add('Add', [graph.add('Mul', [slots.velocity, momentum], {}), g], {});
    const ahead = graph.add('Add', [g, graph.add('Mul', [velocity, momentum], {})], {});
    const step = graph.add('Mul', [ahead, learningRate], {});
    return { weight: graph.add('Sub', [weight, step], {}), slots: { velocity } };
  },
});
