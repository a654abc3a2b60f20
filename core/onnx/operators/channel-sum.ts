import type { Value } from '../graph.ts';
import { type GraphWriter, notDifferentiable, type Operator } from './operator.ts';

/**
 * Σ over images and positions of x, or of x · y where y is given: [N, C, …] → [C], in double precision where `to` is
 * float64.
 *
 * No ONNX operator: a ReduceSum that adds up millions of numbers one after the other in single precision loses digits.
 * Each target writes it out as sums of short sums (channel-sums.ts, blocked/sums.ts).
 */
export const channelSum: Operator<'ChannelSum'> = {
  internal: true,
  attributes: { to: 'dtype' },
  types: (context) => {
    const x = context.input(0);
    if (x.dims.length < 2 || x.dtype !== 'float32') context.fail('needs float32 [N, C, …]');
    if (context.hasInput(1) && context.input(1).dims.join() !== x.dims.join()) context.fail('needs two equal shapes');
    return [{ dtype: context.attributes.to, dims: [x.dims[1] as number] }];
  },
  gradient: notDifferentiable('it is written by gradients only'),
};

/** Writes Σ over images and positions of a volume, or of a product of two, [N, C, …] → [C] in single precision. */
export function sumPerChannel(graph: GraphWriter, ...volumes: readonly [Value, Value?]): Value {
  return rounded(graph, graph.add('ChannelSum', volumes, { to: graph.target.sums }));
}

/** A value in single precision. */
export function rounded(graph: GraphWriter, value: Value): Value {
  return graph.typeOf(value).dtype === 'float32' ? value : graph.add('Cast', [value], { to: 'float32' });
}
