import type { Value } from './graph.ts';
import { deviationOf } from './operators/normalization.ts';
import type { GraphWriter } from './operators/operator.ts';
import { elementCount, float32 } from './tensor.ts';

/**
 * Batch normalisation while training (Ioffe and Szegedy 2015): y = γ (x − μ)/√(σ² + ε) + β with μ and σ² over the batch.
 * Its gradient is written in closed form, cheaper than differentiating the mean and the variance one by one:
 * dx = (γ/√(σ² + ε)) (dy − Σdy/m − x̂ Σ(dy·x̂)/m), m being the values per channel; dγ = Σ dy·x̂, dβ = Σ dy.
 *
 * @param x [N, C, H, W] or [N, C]; scale, shift [C]
 */
export function batchStatistics(graph: GraphWriter, x: Value, scale: Value, shift: Value, epsilon: number) {
  const dims = graph.dims(x);
  const channels = dims[1] as number;
  const axes = dims.flatMap((_, axis) => (axis === 1 ? [] : [axis]));
  const m = elementCount(dims) / channels;
  const aligned = [1, channels, ...dims.slice(2).map(() => 1)];
  const align = (v: Value) => graph.add('Reshape', [v, graph.ints(aligned)], {});
  const flat = (v: Value) => graph.add('Reshape', [v, graph.ints([channels])], {});
  const mul = (a: Value, b: Value) => graph.add('Mul', [a, b], {});

  const meanKept = graph.add('ReduceMean', [x], { axes, keepdims: 1 });
  const centred = graph.add('Sub', [x, meanKept], {});
  const varianceKept = graph.add('ReduceMean', [mul(centred, centred)], { axes, keepdims: 1 });
  const [mean, variance] = [flat(meanKept), flat(varianceKept)];
  // Nothing but the mean and the centred values reads x: it need not be kept for the way back.
  const zero = graph.constant(float32([channels], new Float32Array(channels)));
  const output = graph.add('BatchNormalization', [centred, scale, shift, zero, variance], { epsilon });
  // As in PyTorch, the running variance is the unbiased one; a single value has none and keeps the biased.
  const unbiasedVariance = m > 1 ? mul(variance, graph.scalar(m / (m - 1))) : variance;

  const gradient = (dy: Value): readonly Value[] => {
    const sum = (v: Value) => graph.add('ReduceSum', [v, graph.ints(axes)], { keepdims: 0 });
    const deviation = deviationOf(graph, variance, epsilon);
    const dShift = sum(dy);
    const sumDyX = sum(mul(dy, centred)); // Σ dy (x − μ)
    const dScale = graph.add('Div', [sumDyX, deviation], {});
    // dx = γ/√(σ² + ε) · (dy − (x − μ)·Σ dy(x − μ)/(m(σ² + ε)) − Σdy/m): the factor last, where a CONV can take it over.
    const perPixel = align(mul(graph.add('Div', [dScale, deviation], {}), graph.scalar(-1 / m)));
    const constant = align(mul(dShift, graph.scalar(-1 / m)));
    const slope = align(graph.add('Div', [scale, deviation], {}));
    const indirect = graph.add('Add', [mul(centred, perPixel), constant], {});
    const dx = mul(graph.add('Add', [indirect, dy], {}), slope);
    return [dx, dScale, dShift];
  };
  return { output, mean, unbiasedVariance, gradient };
}
