import type { Value } from '../graph.ts';
import { type GraphWriter, notDifferentiable, type Operator } from './operator.ts';

function reduced(dims: readonly number[], axes: readonly number[], keepdims: number): readonly number[] {
  const at = new Set(axes.map((axis) => (axis < 0 ? axis + dims.length : axis)));
  return keepdims === 1 ? dims.map((dim, i) => (at.has(i) ? 1 : dim)) : dims.filter((_, i) => !at.has(i));
}

/** Spreads the gradient of a reduction back over the axes that were reduced. */
function spread(graph: GraphWriter, dy: Value, x: Value, axes: readonly number[]): Value {
  const dims = graph.dims(x);
  const kept = graph.add('Reshape', [dy, graph.ints(reduced(dims, axes, 1))], {});
  return graph.add('Expand', [kept, graph.ints(dims)], {});
}

export const reduceSum: Operator<'ReduceSum'> = {
  attributes: { keepdims: 'int' },
  defaults: () => ({ keepdims: 1 }),
  types: ({ input, constantNumbers, attributes }) => {
    const { dtype, dims } = input(0);
    return [{ dtype, dims: reduced(dims, constantNumbers(1), attributes.keepdims) }];
  },
  gradient: ({ graph, inputs: [x], dy, constantNumbers }) => [spread(graph, dy, x as Value, constantNumbers(1))],
};

export const reduceMean: Operator<'ReduceMean'> = {
  attributes: { axes: 'ints', keepdims: 'int' },
  defaults: ([x]) => ({ axes: (x?.dims ?? []).map((_, i) => i), keepdims: 1 }),
  types: ({ input, attributes: { axes, keepdims } }) => {
    const { dtype, dims } = input(0);
    return [{ dtype, dims: reduced(dims, axes, keepdims) }];
  },
  gradient: ({ graph, inputs: [x], dy, attributes: { axes } }) => {
    const dims = graph.dims(x as Value);
    const count = axes.reduce((n, axis) => n * (dims[axis < 0 ? axis + dims.length : axis] as number), 1);
    return [spread(graph, graph.add('Mul', [dy, graph.scalar(1 / count)], {}), x as Value, axes)];
  },
};

export const argMax: Operator<'ArgMax'> = {
  attributes: { axis: 'int', keepdims: 'int' },
  defaults: () => ({ axis: 0, keepdims: 1 }),
  types: ({ input, attributes: { axis, keepdims } }) => [
    { dtype: 'int64', dims: reduced(input(0).dims, [axis], keepdims) },
  ],
  gradient: notDifferentiable('an index has no slope'),
};
