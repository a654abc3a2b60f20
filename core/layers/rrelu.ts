import type { Value } from '../onnx/graph.ts';
import { defineLayer } from './define.ts';
import { real } from './fields.ts';

/** Randomised leaky ReLU (Xu et al. 2015), as torch.nn.RReLU. */
export const rrelu = defineLayer({
  kind: 'RReLU',
  label: 'RRELU',
  category: 'Activation',
  stem: 'rrelu',
  summary:
    'x where positive, a·x where negative: while training with a random slope a for each value, then with the mean.',
  fields: {
    lower: real({
      label: 'Lowest slope',
      help: 'Slopes are drawn evenly from here …',
      default: 0.125,
      min: 0,
      max: 10,
    }),
    upper: real({ label: 'Highest slope', help: '… up to here.', default: 0.333333, min: 0, max: 10 }),
  },
  arity: { min: 1, max: 1 },
  inPlace: true,
  outputShape: ({ inputs: [input = []], fields: { lower, upper } }) => {
    if (lower <= upper) return { shape: input };
    return {
      shape: input,
      fault: {
        code: 'field',
        message: `RRELU needs a lowest slope that is not above the highest; got ${lower} and ${upper}.`,
        fixes: [{ type: 'fields', label: 'Swap them', fields: { lower: upper, upper: lower } }],
      },
    };
  },
  emit: ({ graph, inputs: [input], fields: { lower, upper }, mode, random }) => {
    const x = input as Value;
    if (mode === 'inference') return graph.add('LeakyRelu', [x], { alpha: (lower + upper) / 2 });
    const positive = graph.add('Relu', [x], {});
    const negative = graph.add('Sub', [x, positive], {});
    const slopes = random(graph.typeOf(x), { type: 'uniform', low: lower, high: upper });
    return graph.add('Add', [positive, graph.add('Mul', [negative, slopes], {})], {});
  },
  describe: ({ lower, upper }) => `${lower} … ${upper}`,
});
