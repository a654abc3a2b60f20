import type { Value } from '../onnx/graph.ts';
import { defineLayer } from './define.ts';

export const gelu = defineLayer({
  kind: 'GELU',
  label: 'GELU',
  category: 'Activation',
  stem: 'gelu',
  summary: 'x times the share of a normal distribution below x: ½x(1 + erf(x/√2)).',
  fields: {},
  arity: { min: 1, max: 1 },
  inPlace: true,
  outputShape: ({ inputs: [input] }) => ({ shape: input ?? [] }),
  // Opset 17 has no operator for it; these are what later ones stand for.
  emit: ({ graph, inputs: [x] }) => {
    const scaled = graph.add('Mul', [x as Value, graph.scalar(Math.SQRT1_2)], {});
    const share = graph.add('Add', [graph.add('Erf', [scaled], {}), graph.scalar(1)], {});
    return graph.add('Mul', [graph.add('Mul', [x as Value, share], {}), graph.scalar(0.5)], {});
  },
  describe: () => '',
});
