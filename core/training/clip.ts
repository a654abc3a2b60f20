import type { GraphBuilder } from '../onnx/builder.ts';
import type { Value } from '../onnx/graph.ts';
import { sumOf } from './finite.ts';

/** Keeps the quotient finite where all gradients are 0; PyTorch's number. */
const TINY = 1e-6;

/**
 * All gradients together as one vector, scaled down where it is longer than `longest` (Pascanu, Mikolov and Bengio 2013;
 * torch.nn.utils.clip_grad_norm_).
 */
export function clipped(
  graph: GraphBuilder,
  gradients: ReadonlyMap<string, Value>,
  longest: number,
): ReadonlyMap<string, Value> {
  const squares = [...gradients.values()].map((gradient) => graph.add('Mul', [gradient, gradient], {}));
  const sum = sumOf(graph, squares);
  const norm = graph.add('Add', [graph.add('Sqrt', [sum], {}), graph.scalar(TINY)], {});
  const share = graph.add('Div', [graph.scalar(longest), norm], {});
  const factor = graph.add('Clip', [share, graph.scalar(0), graph.scalar(1)], {});
  return new Map([...gradients].map(([name, gradient]) => [name, graph.add('Mul', [gradient, factor], {})]));
}
