import type { Value } from '../onnx/graph.ts';
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
  enlarges: ({ size: factor }) => pair(factor),
  outputShape: ({ inputs: [input = []], fields }) => {
    if (!isVolume(input)) return { fault: needsVolume('UPSAMPLE', input) };
    const [v, h] = pair(fields.size);
    return { shape: [input[0], input[1] * v, input[2] * h] };
  },
  // Each pixel gets two axes of its own, which are then widened: every provider has these, and their gradient is a sum.
  emit: ({ graph, inputs: [x], fields }) => {
    const [v, h] = pair(fields.size);
    const [, c, height, width] = graph.dims(x as Value) as readonly [number, number, number, number];
    // 0 stands for the batch as it comes, and so does 1 where it is widened: an exported file takes any.
    const apart = graph.add('Reshape', [x, graph.ints([0, c, height, 1, width, 1])], {});
    const wide = graph.add('Expand', [apart, graph.ints([1, c, height, v, width, h])], {});
    return graph.add('Reshape', [wide, graph.ints([0, c, height * v, width * h])], {});
  },
  describe: ({ size: factor }) => `×${typeof factor === 'number' ? factor : formatSize(factor)}`,
});
