/**
 * BATCH NORM against float64, on the batches of test/fixtures/pytorch/record_batch_norm.py: what they hold, what is exact,
 * and how far float32 is from it.
 */
import { batchStatistics } from '#core/onnx/batch-statistics.ts';
import { toBlocked } from '#core/onnx/blocked/lower.ts';
import { GraphBuilder } from '#core/onnx/builder.ts';
import type { Graph } from '#core/onnx/graph.ts';
import type { Target } from '#core/onnx/operators/operator.ts';
import { elementCount, float32 } from '#core/onnx/tensor.ts';
import { differentiate } from '#core/training/differentiate.ts';
import { noise, uniform } from './noise.ts';
import { runOrt } from './ort.ts';

const EPSILON = 1e-5;

export const RESULTS = ['mean', 'variance', 'y', 'dx', 'dGamma', 'dBeta'] as const;
export type Results<T> = Readonly<Record<(typeof RESULTS)[number], T>>;

export interface BatchNormCase {
  readonly kind: Kind;
  readonly shape: readonly [number, number, ...number[]];
  readonly mean: number;
  /** PyTorch's, of float32 against float64. */
  readonly errors: Results<number>;
  /** The first two numbers of each result in float64. */
  readonly numbers: Results<readonly number[]>;
}

type Write = (i: number, n: number, c: number, row: number, rows: number, mean: number) => number;

const KINDS = {
  noise: (i, _n, _c, _row, _rows, mean) => mean + noise(i, 1),
  constant: (i, _n, c, _row, _rows, mean) => (c % 2 === 0 ? mean * (1 + c / 7) : mean + noise(i, 1)),
  white: (i) => (uniform(i, 1) < 0.03 ? 255 * uniform(i, 2) : 255),
  ramp: (_i, n, _c, row, rows, mean) => mean + 4 * (row / rows - 0.5) + noise(n, 2),
  rows: (i, _n, _c, row, _rows, mean) => mean + (row % 4 === 0 ? 10 : 0) + 0.1 * noise(i, 1),
  outlier: (i, n, _c, row, _rows, mean) => (n === 0 && row === 0 ? 1000 : mean) + noise(i, 1),
} as const satisfies Record<string, Write>;
export type Kind = keyof typeof KINDS;

export interface BatchNormInputs {
  readonly x: Float32Array;
  readonly dy: Float32Array;
  readonly gamma: Float32Array;
  readonly beta: Float32Array;
}

export function inputsOf({ kind, shape, mean }: Pick<BatchNormCase, 'kind' | 'shape' | 'mean'>): BatchNormInputs {
  const [images, channels, rows = 1, columns = 1] = shape;
  const write: Write = KINDS[kind];
  const x = new Float32Array(elementCount(shape));
  let i = 0;
  for (let n = 0; n < images; n++) {
    for (let c = 0; c < channels; c++) {
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++) x[i] = write(i++, n, c, row, rows, mean);
      }
    }
  }
  return {
    x,
    dy: Float32Array.from(x, (_, place) => noise(place, 4)),
    gamma: Float32Array.from({ length: channels }, (_, c) => 0.5 + uniform(c, 5)),
    beta: Float32Array.from({ length: channels }, (_, c) => noise(c, 6)),
  };
}

/** What is right: straight from the definitions, in float64, one channel after the other. */
export function exactly(shape: BatchNormCase['shape'], { x, dy, gamma, beta }: BatchNormInputs): Results<Float64Array> {
  const [images, channels] = shape;
  const each = elementCount(shape.slice(2));
  const m = images * each;
  const [mean, variance, dGamma, dBeta] = Array.from({ length: 4 }, () => new Float64Array(channels)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const [y, dx] = [new Float64Array(x.length), new Float64Array(x.length)];
  for (let c = 0; c < channels; c++) {
    const total = (of: (i: number) => number) => {
      let sum = 0;
      for (let n = 0; n < images; n++) {
        const from = (n * channels + c) * each;
        for (let i = from; i < from + each; i++) sum += of(i);
      }
      return sum;
    };
    const mu = total((i) => x[i]!) / m;
    const squares = total((i) => (x[i]! - mu) ** 2);
    const deviation = Math.sqrt(squares / m + EPSILON);
    const products = total((i) => dy[i]! * (x[i]! - mu)) / deviation;
    const slopes = total((i) => dy[i]!);
    total((i) => {
      const normal = (x[i]! - mu) / deviation;
      y[i] = gamma[c]! * normal + beta[c]!;
      dx[i] = (gamma[c]! / deviation) * (dy[i]! - slopes / m - (normal * products) / m);
      return 0;
    });
    // As in PyTorch, the running variance is the unbiased one.
    [mean[c], variance[c], dGamma[c], dBeta[c]] = [mu, squares / (m - 1), products, slopes];
  }
  return { mean, variance, y, dx, dGamma, dBeta };
}

/** The largest difference over the largest number; of the mean over the largest |mean| + deviation. */
export function errorsOf(found: Results<ArrayLike<number>>, exact: Results<Float64Array>): Results<number> {
  const errorOf = (name: keyof Results<number>): number => {
    let [difference, scale] = [0, 0];
    exact[name].forEach((expected, i) => {
      const beside = name === 'mean' ? Math.sqrt(exact.variance[i]!) : 0;
      difference = Math.max(difference, Math.abs(found[name][i]! - expected));
      scale = Math.max(scale, Math.abs(expected) + beside);
      if (!Number.isFinite(found[name][i])) difference = Number.POSITIVE_INFINITY;
    });
    return difference / scale;
  };
  return Object.fromEntries(RESULTS.map((name) => [name, errorOf(name)])) as unknown as Results<number>;
}

/** Rounding a single number to float32 costs up to this share of it. */
const ROUNDING = 2 ** -24;

/** What errors may be: so many times PyTorch's, or so many roundings of one number where that is more. */
export function allowed({ errors }: BatchNormCase, times = 2): Results<number> {
  return Object.fromEntries(
    RESULTS.map((name) => [name, times * Math.max(errors[name], ROUNDING)]),
  ) as unknown as Results<number>;
}

/** What a target computes in float32, in ONNX Runtime on the CPU; in blocks where the target has them. */
export async function runBatchNorm(
  shape: BatchNormCase['shape'],
  { x, dy, gamma, beta }: BatchNormInputs,
  target: Target,
): Promise<Results<ArrayLike<number>>> {
  const inBlocks = target.channelBlock > 1;
  const graph = toBlocked(batchNormGraph(shape, target, inBlocks), target);
  const found = await runOrt(graph, {
    x: { dims: shape, data: x },
    dy: { dims: shape, data: dy },
    gamma: { dims: [gamma.length], data: gamma },
    beta: { dims: [beta.length], data: beta },
  });
  return Object.fromEntries(RESULTS.map((name) => [name, found.get(name)!.data])) as unknown as Results<Float64Array>;
}

/**
 * BATCH NORM over x with γ and β, its mean, unbiased variance and output, and dx, dγ and dβ for the slopes dy.
 *
 * @param between CONVs that copy, before and behind: for volumes that lie in blocks
 */
function batchNormGraph(shape: BatchNormCase['shape'], target: Target, between: boolean): Graph {
  const graph = new GraphBuilder('batch-norm', target);
  const channels = shape[1];
  const input = (name: string, dims: readonly number[]) => graph.input(name, { dtype: 'float32', dims });
  const [x, dy, gamma, beta] = [
    input('x', shape),
    input('dy', shape),
    input('gamma', [channels]),
    input('beta', [channels]),
  ];
  const identity = new Float32Array(channels * channels);
  for (let c = 0; c < channels; c++) identity[c * channels + c] = 1;
  const copied = (value: string) =>
    between
      ? graph.add('Conv', [value, graph.constant(float32([channels, channels, 1, 1], identity))], {
          kernel_shape: [1, 1],
          strides: [1, 1],
          pads: [0, 0, 0, 0],
          dilations: [1, 1],
          group: 1,
        })
      : value;
  const read = copied(x);
  const y = graph.withGradient([read, gamma, beta], () => {
    const batch = batchStatistics(graph, read, gamma, beta, EPSILON);
    graph.output(batch.mean, 'mean');
    graph.output(batch.unbiasedVariance, 'variance');
    return batch;
  });
  const last = copied(y);
  const axes = graph.ints(shape.map((_, axis) => axis));
  const loss = graph.add('ReduceSum', [graph.add('Mul', [last, dy], {}), axes], { keepdims: 0 });
  const gradients = differentiate(graph, loss, [x, gamma, beta]);
  graph.output(last, 'y');
  graph.output(gradients.get(x)!, 'dx');
  graph.output(gradients.get(gamma)!, 'dGamma');
  graph.output(gradients.get(beta)!, 'dBeta');
  return graph.build();
}
