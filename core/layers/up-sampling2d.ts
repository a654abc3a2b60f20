import type { Value } from '../onnx/graph.ts';
import { repeated } from '../onnx/operators/resize.ts';
import { formatSize, isVolume, pair } from '../shape.ts';
import { defineLayer } from './define.ts';
import { size } from './fields.ts';
import { needsVolume } from './windowed.ts';

export const upSampling2d = defineLayer({
  kind: 'UpSampling2D',
  label: 'UPSAMPLE',
  category: 'Pooling',
  stem: 'up',
  summary: 'Repeats every pixel: the nearest neighbour, the way back from pooling.',
  fields: {
    size: size({ label: 'Factor', help: 'How often each row and column is repeated.', default: 2, min: 1, max: 64 }),
  },
  arity: { min: 1, max: 1 },
  inPlace: false,
  placement: ({ size: factor }) => ({ type: 'repeated', factors: pair(factor) }),
  outputShape: ({ inputs: [input = []], fields }) => {
    if (!isVolume(input)) return { fault: needsVolume('UPSAMPLE', input) };
    const [v, h] = pair(fields.size);
    return { shape: [input[0], input[1] * v, input[2] * h] };
  },
  outputSteps: ({ inputs: [input = []], fields, output }) => {
    const [v, h] = pair(fields.size);
    return [
      { formula: 'W₂ = W₁·factor', values: `${input[2]}·${h}`, result: String(output[2]) },
      { formula: 'H₂ = H₁·factor', values: `${input[1]}·${v}`, result: String(output[1]) },
    ];
  },
  emit: ({ graph, inputs: [x], fields }) => repeated(graph, x as Value, pair(fields.size)),
  describe: ({ size: factor }) => `×${typeof factor === 'number' ? factor : formatSize(factor)}`,
});
