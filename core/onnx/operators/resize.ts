import type { Value } from '../graph.ts';
import { float32 } from '../tensor.ts';
import type { GraphWriter, Operator } from './operator.ts';

/**
 * Repeats pixels: nearest neighbour by whole factors. Inputs: x [N, C, H, W], none (roi), and the scales [1, 1, v, h] as
 * a constant. dx is the sum over the pixels that each one became.
 */
export const resize: Operator<'Resize'> = {
  attributes: { mode: 'string', coordinate_transformation_mode: 'string', nearest_mode: 'string' },
  defaults: () => ({
    mode: 'nearest',
    coordinate_transformation_mode: 'half_pixel',
    nearest_mode: 'round_prefer_floor',
  }),
  types: (context) => {
    const { dtype, dims } = context.input(0);
    const { mode, coordinate_transformation_mode: where, nearest_mode: which } = context.attributes;
    if (mode !== 'nearest' || where !== 'asymmetric' || which !== 'floor') {
      context.fail('repeats pixels only: mode nearest, asymmetric, floor');
    }
    const scales = context.constantNumbers(2);
    if (scales.length !== dims.length || scales.some((scale) => !Number.isInteger(scale) || scale < 1)) {
      context.fail(`needs a whole factor for each axis, got [${scales.join(', ')}]`);
    }
    return [{ dtype, dims: dims.map((dim, i) => dim * (scales[i] as number)) }];
  },
  gradient: ({ graph, inputs: [x], dy }) => {
    const [, , height, width] = graph.dims(x as Value) as readonly [number, number, number, number];
    const [, , h, w] = graph.dims(dy) as readonly [number, number, number, number];
    const factors = [h / height, w / width] as const;
    const window = { kernel_shape: factors, strides: factors, pads: [0, 0, 0, 0], count_include_pad: 1 };
    const mean = graph.add('AveragePool', [dy], window);
    return [graph.add('Mul', [mean, graph.scalar(factors[0] * factors[1])], {}), undefined, undefined];
  },
};

/** Repeats every row of x [N, C, H, W] as often as the first factor says, every column as often as the second. */
export function repeated(graph: GraphWriter, x: Value, factors: readonly [number, number]): Value {
  const scales = graph.constant(float32([4], [1, 1, ...factors]));
  return graph.add('Resize', [x, undefined, scales], {
    mode: 'nearest',
    coordinate_transformation_mode: 'asymmetric',
    nearest_mode: 'floor',
  });
}
