import type { GraphBuilder } from '../../onnx/builder.ts';
import type { Value } from '../../onnx/graph.ts';

/** How many rows have their largest score at the target's class: a scalar. */
export function correctCount(graph: GraphBuilder, scores: Value, target: Value): Value {
  const best = (value: Value) => graph.add('ArgMax', [value], { axis: 1, keepdims: 0 });
  const hits = graph.add('Cast', [graph.add('Equal', [best(scores), best(target)], {})], { to: 'float32' });
  return graph.add('ReduceSum', [hits, graph.ints([0])], { keepdims: 0 });
}

/** Targets of which a share is spread evenly over the classes (Szegedy et al. 2016): (1 − ε)t + ε/K. */
export function smoothed(graph: GraphBuilder, target: Value, share: number): Value {
  if (share === 0) return target;
  const [, classes] = graph.dims(target) as readonly [number, number];
  const kept = graph.add('Mul', [target, graph.scalar(1 - share)], {});
  return graph.add('Add', [kept, graph.scalar(share / classes)], {});
}
