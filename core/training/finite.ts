import type { GraphBuilder } from '../onnx/builder.ts';
import type { Value } from '../onnx/graph.ts';

/**
 * The sum of all elements of some tensors, a scalar: NaN or infinite where one of them is. (Finite tensors whose sum
 * is beyond 10³⁸ are taken for infinite; no training comes back from there.)
 */
export function sumOf(graph: GraphBuilder, tensors: readonly Value[]): Value {
  const sums = tensors.map((tensor) => {
    const axes = graph.dims(tensor).map((_, axis) => axis);
    return graph.add('ReduceSum', [tensor, graph.ints(axes)], { keepdims: 0 });
  });
  const [first, ...rest] = sums;
  if (first === undefined) return graph.scalar(0);
  return rest.reduce((total, next) => graph.add('Add', [total, next], {}), first);
}
