import type { Value } from '../graph.ts';
import type { AttributesOf } from './attributes.ts';
import { sumPerChannel } from './channel-sum.ts';
import { sameType } from './elementwise.ts';
import type { GraphWriter, Operator } from './operator.ts';

/** [C] → [1, C, 1, 1], so that a value per channel can be broadcast over a volume. */
function perChannel(graph: GraphWriter, value: Value): Value {
  return graph.add('Reshape', [value, graph.ints([1, -1, 1, 1])], {});
}

/** √(σ² + ε), of the same shape as σ². */
export function deviationOf(graph: GraphWriter, variance: Value, epsilon: number): Value {
  return graph.add('Sqrt', [graph.add('Add', [variance, graph.scalar(epsilon)], {})], {});
}

/**
 * y = γ (x − μ) / √(σ² + ε) + β with μ and σ² given per channel. Training computes μ and σ² from the batch with other
 * nodes, whose gradients flow through this rule's third to fifth result.
 */
export const batchNormalization: Operator<'BatchNormalization'> = {
  attributes: { epsilon: 'float' },
  defaults: () => ({ epsilon: 1e-5 }),
  types: sameType,
  gradient: ({ graph, inputs, dy, attributes: { epsilon }, wants }) => {
    const [x, scale, , mean, variance] = inputs as readonly [Value, Value, Value, Value, Value];
    const deviation = deviationOf(graph, variance, epsilon);
    const slope = graph.add('Div', [scale, deviation], {}); // [C]: dy/dx
    const dx = wants(0) ? graph.add('Mul', [dy, perChannel(graph, slope)], {}) : undefined;
    const sumDy = sumPerChannel(graph, dy); // [C]
    const centred = graph.add('Sub', [x, perChannel(graph, mean)], {});
    const sumDyX = sumPerChannel(graph, dy, centred); // [C]: Σ dy (x − μ)
    const dScale = graph.add('Div', [sumDyX, deviation], {});
    const dMean = () => graph.add('Neg', [graph.add('Mul', [sumDy, slope], {})], {});
    const dVariance = () => {
      // dy/dσ² = −½ γ (x − μ) (σ² + ε)^−3/2
      const cube = graph.add('Div', [slope, graph.add('Add', [variance, graph.scalar(epsilon)], {})], {});
      return graph.add('Mul', [graph.add('Mul', [sumDyX, cube], {}), graph.scalar(-0.5)], {});
    };
    return [
      dx,
      wants(1) ? dScale : undefined,
      wants(2) ? sumDy : undefined,
      wants(3) ? dMean() : undefined,
      wants(4) ? dVariance() : undefined,
    ];
  },
};

/**
 * y = x · S^−β with S = k + (α/n) Σ x² over n neighbouring channels (Krizhevsky et al. 2012, section 3.3; α is divided
 * by n as in Caffe, PyTorch and ONNX). dx = dy·S^−β − (2αβ/n) · x · Σ dy·x·S^(−β−1), the sum over the channels whose
 * window holds this one.
 */
export const lrn: Operator<'LRN'> = {
  attributes: { alpha: 'float', beta: 'float', bias: 'float', size: 'int' },
  defaults: () => ({ alpha: 1e-4, beta: 0.75, bias: 1 }),
  types: (context) => (context.attributes.size % 2 === 1 ? sameType(context) : context.fail('needs an odd size')),
  gradient: ({ graph, inputs, dy, attributes }) => {
    const x = inputs[0] as Value;
    const { alpha, beta, size } = attributes;
    const [before, after] = neighbours(size);
    const sum = lrnDivisor(graph, x, attributes);
    const direct = graph.add('Mul', [dy, graph.add('Pow', [sum, graph.scalar(-beta)], {})], {});
    // A channel lies in the windows of those before and after it in reverse.
    const weighted = graph.add('Div', [graph.add('Mul', [direct, x], {}), sum], {});
    const sums = graph.add('Mul', [overNeighbours(graph, weighted, after, before), x], {});
    const indirect = graph.add('Mul', [sums, graph.scalar(2 * alpha * beta)], {});
    return [graph.add('Sub', [direct, indirect], {})];
  },
};

/**
 * LRN written out: y = x · S^−β. ONNX Runtime's own operator goes from a channel to the next by adding one square and
 * taking off another, and never gets rid of what a large one has rounded away.
 */
export function lrnInSteps(graph: GraphWriter, x: Value, attributes: AttributesOf<'LRN'>): Value {
  const power = graph.add('Pow', [lrnDivisor(graph, x, attributes), graph.scalar(-attributes.beta)], {});
  return graph.add('Mul', [x, power], {});
}

/** S = k + (α/n) Σ x² */
function lrnDivisor(graph: GraphWriter, x: Value, { alpha, bias, size }: AttributesOf<'LRN'>): Value {
  const squares = overNeighbours(graph, graph.add('Mul', [x, x], {}), ...neighbours(size));
  return graph.add('Add', [graph.add('Mul', [squares, graph.scalar(alpha)], {}), graph.scalar(bias)], {});
}

/** How many channels before one count, and how many behind it. */
function neighbours(size: number): readonly [number, number] {
  const before = Math.floor((size - 1) / 2);
  return [before, size - 1 - before];
}

/** Σ/n over neighbouring channels of [N, C, H, W], as an average pool over the channel axis. */
function overNeighbours(graph: GraphWriter, value: Value, before: number, after: number): Value {
  const [n, c, h, w] = graph.dims(value) as readonly [number, number, number, number];
  const flat = graph.add('Reshape', [value, graph.ints([n, 1, c, h * w])], {});
  const pooled = graph.add('AveragePool', [flat], {
    kernel_shape: [before + after + 1, 1],
    strides: [1, 1],
    pads: [before, 0, after, 0],
    count_include_pad: 1,
  });
  return graph.add('Reshape', [pooled, graph.ints([n, c, h, w])], {});
}
