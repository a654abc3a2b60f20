import { elements, formatVolume, isVolume, type Shape } from '../shape.ts';
import { defineLayer } from './define.ts';
import { flag, integer } from './fields.ts';
import { initializerFields, initializerSpec, ZEROS } from './initializers.ts';
import { learningFields } from './learning.ts';

export const dense = defineLayer({
  kind: 'Dense',
  label: 'FC',
  category: 'Dense',
  stem: 'fc',
  summary: 'Fully connected: every unit sees every input.',
  fields: {
    units: integer({
      label: 'Units',
      help: 'Outputs; the last FC has one for each class.',
      default: 10,
      min: 1,
      max: 65536,
    }),
    useBias: flag({ label: 'Bias', help: 'One learned number added to each unit.', default: true }),
    ...initializerFields,
    ...learningFields,
  },
  arity: { min: 1, max: 1 },
  inPlace: false,
  outputShape: ({ inputs, fields }) => {
    const [input] = inputs as readonly [Shape];
    const shape = [fields.units];
    if (!isVolume(input)) return { shape };
    return {
      shape,
      fault: {
        code: 'needs-vector',
        message: `FC needs a vector; put a FLATTEN before it (got ${formatVolume(input)}).`,
        fixes: [{ type: 'insert-before', label: 'Insert FLATTEN', kind: 'Flatten' }],
      },
    };
  },
  outputSteps: ({ output }) => [{ formula: 'one number a unit', values: '', result: formatVolume(output) }],
  weights: ({ inputs, fields }) => {
    const { units, useBias } = fields;
    const fanIn = elements(inputs[0] ?? []);
    return [
      { name: 'weight', dims: [units, fanIn], role: 'weight', initializer: initializerSpec(fields, fanIn, units) },
      ...(useBias ? [{ name: 'bias', dims: [units], role: 'bias', initializer: ZEROS } as const] : []),
    ];
  },
  macs: ({ inputs, fields }) => elements(inputs[0] ?? []) * fields.units,
  emit: ({ graph, inputs: [x], fields, weight }) =>
    graph.add('Gemm', [x, weight('weight'), fields.useBias ? weight('bias') : undefined], {
      alpha: 1,
      beta: 1,
      transA: 0,
      transB: 1,
    }),
  describe: ({ units }) => `${units} units`,
});
