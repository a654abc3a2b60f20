import { batchStatistics } from '../onnx/batch-statistics.ts';
import type { Value } from '../onnx/graph.ts';
import { defineLayer } from './define.ts';
import { real } from './fields.ts';
import { ONES, ZEROS } from './initializers.ts';
import { learningFields } from './learning.ts';

export const batchNormalization = defineLayer({
  kind: 'BatchNormalization',
  label: 'BATCH NORM',
  category: 'Regularisation',
  stem: 'bn',
  summary: 'Centres and scales each channel by the batch, then learns a scale γ and a shift β of its own.',
  fields: {
    momentum: real({
      label: 'Momentum',
      help: 'Share of the running mean and variance that each step keeps (Keras; PyTorch writes 1 − this).',
      default: 0.9,
      min: 0,
      max: 1,
    }),
    epsilon: real({
      label: 'Epsilon (ε)',
      help: 'Added to the variance, so that nothing is divided by zero.',
      default: 1e-5,
      min: 1e-8,
      max: 1,
    }),
    ...learningFields,
  },
  arity: { min: 1, max: 1 },
  inPlace: false,
  normalizesBatch: true,
  outputShape: ({ inputs: [input] }) => ({ shape: input ?? [] }),
  weights: ({ inputs }) => {
    const dims = [inputs[0]?.[0] ?? 0];
    return [
      { name: 'weight', dims, role: 'weight', initializer: ONES },
      { name: 'bias', dims, role: 'bias', initializer: ZEROS },
      { name: 'running_mean', dims, role: 'buffer', initializer: ZEROS },
      { name: 'running_var', dims, role: 'buffer', initializer: ONES },
    ];
  },
  emit: ({ graph, inputs: [input], fields: { momentum, epsilon }, mode, weight, updateBuffer, withGradient }) => {
    const x = input as Value;
    const [scale, shift] = [weight('weight'), weight('bias')];
    const running = { mean: weight('running_mean'), variance: weight('running_var') };
    if (mode === 'inference') {
      return graph.add('BatchNormalization', [x, scale, shift, running.mean, running.variance], { epsilon });
    }
    return withGradient([x, scale, shift], () => {
      const batch = batchStatistics(graph, x, scale, shift, epsilon);
      const keep = (old: Value, now: Value) => {
        const kept = graph.add('Mul', [old, graph.scalar(momentum)], {});
        return graph.add('Add', [kept, graph.add('Mul', [now, graph.scalar(1 - momentum)], {})], {});
      };
      updateBuffer('running_mean', keep(running.mean, batch.mean));
      updateBuffer('running_var', keep(running.variance, batch.unbiasedVariance));
      return batch;
    });
  },
  describe: () => '',
});
