import { defineLoss, scaledSum } from './define.ts';

/** The mean over batch and classes of (output − target)², as torch.nn.MSELoss. */
export const meanSquaredError = defineLoss({
  kind: 'meanSquaredError',
  label: 'Mean squared error',
  reads: 'output',
  emit: (graph, output, target) => {
    const [n, classes] = graph.dims(output) as readonly [number, number];
    const difference = graph.add('Sub', [output, target], {});
    return scaledSum(graph, graph.add('Mul', [difference, difference], {}), 1 / (n * classes));
  },
});
