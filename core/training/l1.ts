import type { GraphBuilder } from '../onnx/builder.ts';
import type { Value } from '../onnx/graph.ts';
import { signOf } from '../onnx/operators/elementwise.ts';

/** g + λ₁ · sign(w): the slope of λ₁ Σ|w|, 0 at 0. */
export function withL1(graph: GraphBuilder, gradient: Value, weight: Value, l1: Value): Value {
  return graph.add('Add', [gradient, graph.add('Mul', [signOf(graph, weight), l1], {})], {});
}
