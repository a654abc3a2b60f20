import { float32 } from '../onnx/tensor.ts';
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
  emit: ({ graph, inputs: [x], fields }) => {
    const [v, h] = pair(fields.size);
    const scales = graph.constant(float32([4], Float32Array.of(1, 1, v, h)));
    return graph.add('Resize', [x, undefined, scales], {
      mode: 'nearest',
      coordinate_transformation_mode: 'asymmetric',
      nearest_mode: 'floor',
    });
  },
  describe: ({ size: factor }) => `×${typeof factor === 'number' ? factor : formatSize(factor)}`,
});
