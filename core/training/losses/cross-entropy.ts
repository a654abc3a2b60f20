import { defineLoss, scaledSum } from './define.ts';

/** Softmax cross-entropy, −(1/N) Σ target · log softmax(scores), as torch.nn.CrossEntropyLoss. */
export const crossEntropy = defineLoss({
  kind: 'crossEntropy',
  label: 'Softmax cross-entropy',
  reads: 'scores',
  emit: (graph, scores, target) => {
    const [n] = graph.dims(scores) as readonly [number, number];
    const logProbabilities = graph.add('LogSoftmax', [scores], { axis: 1 });
    return scaledSum(graph, graph.add('Mul', [target, logProbabilities], {}), -1 / n);
  },
});
