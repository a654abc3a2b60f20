import type { GraphBuilder } from '../onnx/builder.ts';
import type { Value } from '../onnx/graph.ts';

/**
 * Softmax cross-entropy, −(1/N) Σ target · log softmax(scores): the mean over the batch, as in PyTorch.
 *
 * @param scores [N, classes]
 * @param target [N, classes], each row a distribution over the classes
 * @returns a scalar
 */
export function softmaxCrossEntropy(graph: GraphBuilder, scores: Value, target: Value): Value {
  const [n] = graph.dims(scores) as readonly [number, number];
  const logProbabilities = graph.add('LogSoftmax', [scores], { axis: 1 });
  const picked = graph.add('Mul', [target, logProbabilities], {});
  const sum = graph.add('ReduceSum', [picked, graph.ints([0, 1])], { keepdims: 0 });
  return graph.add('Mul', [sum, graph.scalar(-1 / n)], {});
}

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
