import { defineLoss, scaledSum } from './define.ts';

/**
 * Each class for itself, yes or no: the mean over batch and classes of −t log σ(x) − (1 − t) log(1 − σ(x)) =
 * softplus(x) − t·x, as torch.nn.BCEWithLogitsLoss. A network for it ends with SIGMOID.
 */
export const binaryCrossEntropy = defineLoss({
  kind: 'binaryCrossEntropy',
  label: 'Binary cross-entropy (each class yes or no)',
  reads: 'logits',
  emit: (graph, logits, target) => {
    const [n, classes] = graph.dims(logits) as readonly [number, number];
    const hits = graph.add('Mul', [logits, target], {});
    const each = graph.add('Sub', [graph.add('Softplus', [logits], {}), hits], {});
    return scaledSum(graph, each, 1 / (n * classes));
  },
});
