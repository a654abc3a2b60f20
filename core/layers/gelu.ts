import { defineElementwiseNodes } from './elementwise.ts';

export const gelu = defineElementwiseNodes({
  kind: 'GELU',
  label: 'GELU',
  category: 'Activation',
  stem: 'gelu',
  summary: 'x times the share of a normal distribution below x: ½x(1 + erf(x/√2)).',
  fields: {},
  // Opset 17 has no operator for it; these are what later ones stand for.
  write: (graph, x) => {
    const scaled = graph.add('Mul', [x, graph.scalar(Math.SQRT1_2)], {});
    const share = graph.add('Add', [graph.add('Erf', [scaled], {}), graph.scalar(1)], {});
    return graph.add('Mul', [graph.add('Mul', [x, share], {}), graph.scalar(0.5)], {});
  },
});
