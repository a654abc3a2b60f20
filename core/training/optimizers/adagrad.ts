import { decayed, defineOptimizer, scaledStep } from './define.ts';

/** Adagrad (Duchi, Hazan and Singer 2011), as torch.optim.Adagrad: s ← s + g²; w ← w − ηg / (√s + ε). */
export const adagrad = defineOptimizer({
  kind: 'adagrad',
  label: 'Adagrad',
  uses: ['weightDecay', 'epsilon'],
  slots: ['squares'],
  scalars: ({ learningRate, weightDecay, epsilon }) => ({ learningRate, weightDecay, epsilon }),
  update: (context) => {
    const { graph, weight, slots, scalars } = context;
    const g = decayed(context);
    const squares = graph.add('Add', [slots.squares, graph.add('Mul', [g, g], {})], {});
    return { weight: scaledStep(graph, weight, g, squares, scalars), slots: { squares } };
  },
});
