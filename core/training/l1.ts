import type { GraphBuilder } from '../onnx/builder.ts';
import type { Value } from '../onnx/graph.ts';

/** So large that it takes every float32 beyond 3·10⁻³⁹ to ±1 or further. */
const STEEP = 3e38;

/** g + λ₁ · sign(w): the slope of λ₁ Σ|w|, 0 at 0. */
export function withL1(graph: GraphBuilder, gradient: Value, weight: Value, l1: Value): Value {
  const steep = graph.add('Mul', [weight, graph.scalar(STEEP)], {});
  const sign = graph.add('Clip', [steep, graph.scalar(-1), graph.scalar(1)], {});
  return graph.add('Add', [gradient, graph.add('Mul', [sign, l1], {})], {});
}
