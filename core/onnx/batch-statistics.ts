import type { Value } from './graph.ts';
import { deviationOf } from './operators/normalization.ts';
import type { GraphWriter } from './operators/operator.ts';
import { elementCount } from './tensor.ts';

/**
 * Batch normalisation while training (Ioffe and Szegedy 2015): y = γ (x − μ)/√(σ² + ε) + β with μ and σ² over the batch.
 * Its gradient is written in closed form, cheaper than differentiating the mean and the variance one by one:
 * dx = (γ/√(σ² + ε)) (dy − Σdy/m − x̂ Σ(dy·x̂)/m), m being the values per channel; dγ = Σ dy·x̂, dβ = Σ dy.
 *
 * The variance is that around a guess of the mean, less the square of how far that is off: no pass over x has to wait for
 * the mean, and the CONV before takes the guess off. With a guess as near as the running mean nothing is lost by it (with
 * none it is the mean of squares less the square of the mean, as in Flax).
 *
 * @param x [N, C, H, W] or [N, C]; scale, shift [C]
 * @param guess [C] of the mean; 0 where left out
 */
export function batchStatistics(
  graph: GraphWriter,
  x: Value,
  scale: Value,
  shift: Value,
  epsilon: number,
  guess?: Value,
) {
  const dims = graph.dims(x);
  const channels = dims[1] as number;
  const axes = dims.flatMap((_, axis) => (axis === 1 ? [] : [axis]));
  const m = elementCount(dims) / channels;
  const aligned = [1, channels, ...dims.slice(2).map(() => 1)];
  const align = (v: Value) => graph.add('Reshape', [v, graph.ints(aligned)], {});
  const add = (a: Value, b: Value) => graph.add('Add', [a, b], {});
  const sub = (a: Value, b: Value) => graph.add('Sub', [a, b], {});
  const mul = (a: Value, b: Value) => graph.add('Mul', [a, b], {});
  const meanOf = (v: Value) => graph.add('ReduceMean', [v], { axes, keepdims: 0 });

  const moved = guess === undefined ? x : sub(x, align(guess));
  const off = meanOf(moved);
  const mean = guess === undefined ? off : add(off, guess);
  // Rounding must not make it negative.
  const variance = graph.add('Clip', [sub(meanOf(mul(moved, moved)), mul(off, off)), graph.scalar(0)], {});
  const output = graph.add('BatchNormalization', [moved, scale, shift, off, variance], { epsilon });
  // As in PyTorch, the running variance is the unbiased one; a single value has none and keeps the biased.
  const unbiasedVariance = m > 1 ? mul(variance, graph.scalar(m / (m - 1))) : variance;

  const gradient = (dy: Value): readonly Value[] => {
    const sum = (v: Value) => graph.add('ReduceSum', [v, graph.ints(axes)], { keepdims: 0 });
    const deviation = deviationOf(graph, variance, epsilon);
    const dShift = sum(dy);
    const sumDyX = sub(sum(mul(dy, moved)), mul(off, dShift)); // Σ dy (x − μ)
    const dScale = graph.add('Div', [sumDyX, deviation], {});
    // dx = γ/√(σ² + ε) · (dy − (x − μ)·Σ dy(x − μ)/(m(σ² + ε)) − Σdy/m): the factor last, where a CONV can take it over.
    const perPixel = mul(graph.add('Div', [dScale, deviation], {}), graph.scalar(-1 / m));
    const constant = sub(mul(dShift, graph.scalar(-1 / m)), mul(perPixel, off));
    const [factor, rest, slope] = [align(perPixel), align(constant), align(graph.add('Div', [scale, deviation], {}))];
    const dx = mul(add(add(mul(moved, factor), rest), dy), slope);
    return [dx, dScale, dShift];
  };
  return { output, mean, unbiasedVariance, gradient };
}
