import { formatSize, isVolume, pair } from '../shape.ts';
import { defineLayer } from './define.ts';
import { size } from './fields.ts';
import { needsVolume } from './windowed.ts';

export const zeroPadding2d = defineLayer({
  kind: 'ZeroPadding2D',
  label: 'ZERO PAD',
  category: 'Convolution',
  stem: 'pad',
  summary: 'Adds a border of zeros on every side.',
  fields: {
    padding: size({ label: 'Padding (P)', help: 'Zeros added on each side.', default: 1, min: 1, max: 1024 }),
  },
  arity: { min: 1, max: 1 },
  inPlace: false,
  placement: ({ padding }) => ({ type: 'padded', padding: pair(padding) }),
  outputShape: ({ inputs: [input = []], fields }) => {
    if (!isVolume(input)) return { fault: needsVolume('ZERO PAD', input) };
    const [p, q] = pair(fields.padding);
    return { shape: [input[0], input[1] + 2 * p, input[2] + 2 * q] };
  },
  outputSteps: ({ inputs: [input = []], fields, output }) => {
    const [p, q] = pair(fields.padding);
    return [
      { formula: 'W₂ = W₁ + 2P', values: `${input[2]} + 2·${q}`, result: String(output[2]) },
      { formula: 'H₂ = H₁ + 2P', values: `${input[1]} + 2·${p}`, result: String(output[1]) },
    ];
  },
  emit: ({ graph, inputs: [x], fields }) => {
    const [p, q] = pair(fields.padding);
    return graph.add('Pad', [x, graph.ints([0, 0, p, q, 0, 0, p, q])], {});
  },
  describe: ({ padding }) => `P${formatSize(padding)}`,
});
