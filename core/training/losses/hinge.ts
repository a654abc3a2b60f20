import { defineLoss, scaledSum } from './define.ts';

/**
 * Multi-class SVM loss, (1/N) Σ over wrong classes j of max(0, sⱼ − s_y + 1) (Weston and Watkins 1999, as in the
 * lectures; torch.nn.MultiMarginLoss divides by the number of classes besides). Where a target is shared among classes
 * (mixup, smoothing), s_y is their mean score and every class counts by what it is not.
 */
export const hinge = defineLoss({
  kind: 'hinge',
  label: 'Multi-class SVM (hinge)',
  reads: 'scores',
  emit: (graph, scores, target) => {
    const [n] = graph.dims(scores) as readonly [number, number];
    const wanted = graph.add('ReduceSum', [graph.add('Mul', [scores, target], {}), graph.ints([1])], { keepdims: 1 });
    const margins = graph.add('Add', [graph.add('Sub', [scores, wanted], {}), graph.scalar(1)], {});
    const wrong = graph.add('Sub', [graph.scalar(1), target], {});
    return scaledSum(graph, graph.add('Mul', [graph.add('Relu', [margins], {}), wrong], {}), 1 / n);
  },
});
