import type { Value } from './graph.ts';
import { rounded } from './operators/channel-sum.ts';
import type { GraphWriter } from './operators/operator.ts';
import { elementCount, float32 } from './tensor.ts';

/** Values of a channel up to which dx is what little remains of larger numbers, and is taken in double precision. */
const FEW = 4;

/**
 * Batch normalisation while training (Ioffe and Szegedy 2015): y = γ (x − μ)/√(σ² + ε) + β with μ and σ² over the batch.
 * Its gradient is written in closed form, cheaper than differentiating the mean and the variance one by one:
 * dx = (γ/√(σ² + ε)) (dy − Σdy/m − x̂ Σ(dy·x̂)/m), m being the values per channel; dγ = Σ dy·x̂, dβ = Σ dy.
 *
 * In two passes, corrected (Chan, Golub and LeVeque 1983): the mean, rounded, is taken off, and what rounding has left is
 * taken into account: the mean of squares less the square of the mean then loses no digits, wherever the mean lies. Sums are
 * finished in double precision where the device has it. See decision 0017.
 *
 * @param x [N, C, H, W] or [N, C]; scale, shift [C]
 */
export function batchStatistics(graph: GraphWriter, x: Value, scale: Value, shift: Value, epsilon: number) {
  const dims = graph.dims(x);
  const channels = dims[1] as number;
  const m = elementCount(dims) / channels;
  const aligned = [1, channels, ...dims.slice(2).map(() => 1)];
  const precise = graph.target.sums;
  const align = (v: Value) => graph.add('Reshape', [v, graph.ints(aligned)], {});
  const add = (a: Value, b: Value) => graph.add('Add', [a, b], {});
  const sub = (a: Value, b: Value) => graph.add('Sub', [a, b], {});
  const mul = (a: Value, b: Value) => graph.add('Mul', [a, b], {});
  const div = (a: Value, b: Value) => graph.add('Div', [a, b], {});
  const number = (value: number) => graph.scalar(value, precise);
  const widened = (v: Value) => (precise === 'float32' ? v : graph.add('Cast', [v], { to: precise }));
  const sum = (...volumes: readonly Value[]) => graph.add('ChannelSum', volumes, { to: precise });

  const first = div(sum(x), number(m));
  const guess = rounded(graph, first);
  const moved = sub(x, align(guess));
  // In double precision what rounding has left is known; in single precision the first mean itself may be a little off.
  const preciseOff = precise === 'float64' ? sub(first, widened(guess)) : div(sum(moved), number(m)); // μ − guess
  const off = rounded(graph, preciseOff);
  // Rounding must not make it negative.
  const squares = sub(div(sum(moved, moved), number(m)), mul(preciseOff, preciseOff));
  const variance = graph.add('Clip', [squares, number(0)], {});
  const deviation = graph.add('Sqrt', [add(variance, number(epsilon))], {});
  const preciseSlope = div(widened(scale), deviation);
  const slope = rounded(graph, preciseSlope);
  const output = scaled(graph, moved, slope, sub(shift, mul(off, slope)));
  // As in PyTorch, the running variance is the unbiased one; a single value has none and keeps the biased.
  const unbiasedVariance = rounded(graph, m > 1 ? mul(variance, number(m / (m - 1))) : variance);

  const gradient = (dy: Value): readonly Value[] => {
    const sumDy = sum(dy);
    const sumDyX = div(sub(sum(dy, moved), mul(preciseOff, sumDy)), deviation); // Σ dy x̂
    // dx = γ/√(σ² + ε) · (dy − (x − μ)·Σ dy(x − μ)/(m(σ² + ε)) − Σdy/m): the factor last, where a CONV can take it over.
    const perPixel = div(sumDyX, mul(deviation, number(-m)));
    const constant = sub(div(sumDy, number(-m)), mul(perPixel, preciseOff));
    const isFew = m <= FEW;
    const volume = (v: Value) => (isFew ? widened(v) : v);
    const vector = (v: Value) => align(isFew ? v : rounded(graph, v));
    // Written before the volumes that they go with, so that one CONV takes them all.
    const [factor, rest, last] = [vector(perPixel), vector(constant), isFew ? align(preciseSlope) : align(slope)];
    const dx = mul(add(add(mul(volume(moved), factor), rest), volume(dy)), last);
    return [rounded(graph, dx), rounded(graph, sumDyX), rounded(graph, sumDy)];
  };
  return { output, mean: add(guess, off), unbiasedVariance, gradient };
}

/** slope · x + shift, [C] each: ONNX's operator over a mean of 0 and a variance of 1 is that in one pass. */
function scaled(graph: GraphWriter, x: Value, slope: Value, shift: Value): Value {
  const dims = graph.dims(slope);
  const everywhere = (value: number) => graph.constant(float32(dims, new Float32Array(elementCount(dims)).fill(value)));
  return graph.add('BatchNormalization', [x, slope, shift, everywhere(0), everywhere(1)], { epsilon: 0 });
}
