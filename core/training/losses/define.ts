import type { GraphBuilder } from '../../onnx/builder.ts';
import type { Value } from '../../onnx/graph.ts';
import { sumPerChannel } from '../../onnx/operators/channel-sum.ts';
import { elementCount } from '../../onnx/tensor.ts';
import type { ForwardGraph } from '../emit.ts';

/** One loss: which of the network's values it reads, and what it computes from them as ONNX nodes. */
export interface LossDefinition<K extends string = string> {
  readonly kind: K;
  readonly label: string;
  /**
   * `output`: what the network answers. `scores`: that, or what a final SOFTMAX is made from. `logits`: what a final
   * SOFTMAX or SIGMOID is made from.
   */
  readonly reads: keyof Pick<ForwardGraph, 'output' | 'scores' | 'logits'>;
  /**
   * The mean over a batch, a scalar.
   *
   * @param values [N, classes]
   * @param target [N, classes]: a 1 at each picture's class, or shares of several
   */
  emit(graph: GraphBuilder, values: Value, target: Value): Value;
}

export function defineLoss<const K extends string>(definition: LossDefinition<K>): LossDefinition<K> {
  return definition;
}

/** The sum over all of a matrix, times a number: a scalar. */
export function scaledSum(graph: GraphBuilder, matrix: Value, factor: number): Value {
  const dims = graph.dims(matrix);
  const scale = (value: Value) => graph.add('Mul', [value, graph.scalar(factor)], {});
  return graph.withGradient([matrix], () => {
    const column = graph.add('Reshape', [matrix, graph.ints([elementCount(dims), 1])], {});
    const sum = graph.add('ReduceSum', [sumPerChannel(graph, column), graph.ints([0])], { keepdims: 0 });
    return { output: scale(sum), gradient: (dy) => [graph.add('Expand', [scale(dy), graph.ints(dims)], {})] };
  });
}
