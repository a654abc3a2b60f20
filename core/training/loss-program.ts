import { GraphBuilder } from '../onnx/builder.ts';
import type { Graph } from '../onnx/graph.ts';
import { correctCount } from './losses/accuracy.ts';
import { type LossKind, lossDefinition } from './losses/index.ts';
import { STEP } from './program.ts';

/** Names of the loss program's inputs beside STEP.target: [N, classes] each. */
export const JUDGED = { values: 'values', scores: 'scores' } as const;

/**
 * A loss and the hits by themselves, for outputs that something else computed. Outputs are STEP.loss and STEP.correct, as
 * those of a training step: the same nodes, so that the same outputs give the same loss.
 *
 * @param batchSize images
 */
export function compileLoss(kind: LossKind, batchSize: number, classes: number): Graph {
  const graph = new GraphBuilder('loss');
  const input = (name: string) => graph.input(name, { dtype: 'float32', dims: [batchSize, classes] });
  const [values, scores, target] = [input(JUDGED.values), input(JUDGED.scores), input(STEP.target)];
  graph.output(lossDefinition(kind).emit(graph, values, target), STEP.loss);
  graph.output(correctCount(graph, scores, target), STEP.correct);
  return graph.build();
}
