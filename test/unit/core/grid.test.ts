/** Every operator over a grid of sizes: outputs and gradients in ONNX Runtime agree with what PyTorch recorded. */
import { describe, expect, it } from 'vitest';
import { batchStatistics } from '#core/onnx/batch-statistics.ts';
import { GraphBuilder } from '#core/onnx/builder.ts';
import type { Value } from '#core/onnx/graph.ts';
import { OPERATORS } from '#core/onnx/operators/index.ts';
import { repeated } from '#core/onnx/operators/resize.ts';
import { elementCount } from '#core/onnx/tensor.ts';
import { differentiate } from '#core/training/differentiate.ts';
import { LOSSES } from '#core/training/losses/index.ts';
import { runOrt } from '../../oracle/ort.ts';
import { recording } from '../../oracle/pytorch.ts';
import type { Array64 } from '../../oracle/reference.ts';

interface Attributes {
  readonly f: readonly [number, number];
  readonly s: readonly [number, number];
  readonly p: readonly number[];
  readonly d: readonly [number, number];
  readonly g: number;
  readonly extra: readonly [number, number];
  readonly counted: number;
  readonly size: number;
  readonly factors: readonly [number, number];
  readonly transA: number;
  readonly transB: number;
  readonly axis: number;
  readonly begin: number;
  readonly end: number;
  readonly step: number;
  readonly to: readonly number[];
  readonly perm: readonly number[];
  readonly axes: readonly number[];
  readonly keep: number;
}

interface Recorded {
  readonly op: string;
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  readonly attributes: Attributes;
  readonly positive?: true;
  readonly ties?: true;
  readonly dims: readonly number[];
  readonly output: readonly number[];
  readonly gradients: Readonly<Record<string, readonly number[]>>;
}

/** Of the norm; single numbers may be far smaller than it. */
const TOLERANCE = 2e-5;

type Write = (graph: GraphBuilder, inputs: Readonly<Record<string, Value>>, attributes: Attributes) => Value;
const window = ({ f, s, p }: Attributes) => ({ kernel_shape: f, strides: s, pads: p });

const elementwise =
  (op: 'Relu' | 'Softplus' | 'Softsign' | 'Sigmoid' | 'Tanh' | 'Erf' | 'Exp' | 'Neg' | 'Identity' | 'Sqrt'): Write =>
  (g, { x }) =>
    g.add(op, [x], {});
const binary =
  (op: 'Add' | 'Sub' | 'Mul' | 'Div' | 'MatMul'): Write =>
  (g, { a, b }) =>
    g.add(op, [a, b], {});
const loss =
  (kind: keyof typeof LOSSES): Write =>
  (g, { scores }) => {
    const [n, classes] = g.dims(scores!) as [number, number];
    const data = Float32Array.from({ length: n * classes }, (_, i) =>
      Number(i % classes === Math.floor(i / classes) % classes),
    );
    return LOSSES[kind].emit(g, scores!, g.constant({ dtype: 'float32', dims: [n, classes], data }));
  };

const WRITERS: Readonly<Record<string, Write>> = {
  Conv: (g, { x, w, b }, a) => g.add('Conv', [x, w, b], { ...window(a), dilations: a.d, group: a.g }),
  ConvTranspose: (g, { x, w }, a) =>
    g.add('ConvTranspose', [x, w], { ...window(a), dilations: a.d, group: a.g, output_padding: a.extra }),
  MaxPool: (g, { x }, a) => g.add('MaxPool', [x], { ...window(a), dilations: [1, 1] }),
  AveragePool: (g, { x }, a) => g.add('AveragePool', [x], { ...window(a), count_include_pad: a.counted }),
  GlobalAveragePool: (g, { x }) => g.add('GlobalAveragePool', [x], {}),
  LRN: (g, { x }, { size }) => g.add('LRN', [x], { size, alpha: 0.5, beta: 0.75, bias: 2 }),
  BatchNormalizationTraining: (g, { x, scale, shift }) =>
    g.withGradient([x!, scale!, shift!], () => batchStatistics(g, x!, scale!, shift!, 1e-3)),
  BatchNormalization: (g, { x, scale, shift, mean, variance }) =>
    g.add('BatchNormalization', [x, scale, shift, mean, variance], { epsilon: 1e-3 }),
  Resize: (g, { x }, { factors }) => repeated(g, x!, factors),
  Gemm: (g, { a, b, c }, { transA, transB }) => g.add('Gemm', [a, b, c], { alpha: 0.5, beta: 2, transA, transB }),
  MatMul: binary('MatMul'),
  Relu: elementwise('Relu'),
  LeakyRelu: (g, { x }) => g.add('LeakyRelu', [x], { alpha: 0.2 }),
  Elu: (g, { x }) => g.add('Elu', [x], { alpha: 0.7 }),
  Selu: (g, { x }) => g.add('Selu', [x], { alpha: 1.6732632423543772, gamma: 1.0507009873554805 }),
  Softplus: elementwise('Softplus'),
  Softsign: elementwise('Softsign'),
  HardTanh: (g, { x }) => g.add('Clip', [x, g.scalar(-1), g.scalar(1)], {}),
  HardSigmoid: (g, { x }) => g.add('HardSigmoid', [x], { alpha: 1 / 6, beta: 0.5 }),
  Sigmoid: elementwise('Sigmoid'),
  Tanh: elementwise('Tanh'),
  // Opset 17 has no Gelu; it is written as x/2 · (1 + erf(x/√2)).
  Gelu: (g, { x }) => {
    const erf = g.add('Erf', [g.add('Mul', [x, g.scalar(Math.SQRT1_2)], {})], {});
    return g.add('Mul', [g.add('Mul', [x, g.scalar(0.5)], {}), g.add('Add', [erf, g.scalar(1)], {})], {});
  },
  Erf: elementwise('Erf'),
  Exp: elementwise('Exp'),
  Neg: elementwise('Neg'),
  Identity: elementwise('Identity'),
  Dropout: (g, { x }) => g.add('Dropout', [x, g.scalar(0.5)], {}),
  Sqrt: elementwise('Sqrt'),
  Pow: (g, { x }) => g.add('Pow', [x, g.scalar(-0.75)], {}),
  PRelu: (g, { x, slope }) => g.add('PRelu', [x, slope], {}),
  Softmax: (g, { x }, { axis }) => g.add('Softmax', [x], { axis }),
  LogSoftmax: (g, { x }, { axis }) => g.add('LogSoftmax', [x], { axis }),
  Add: binary('Add'),
  Sub: binary('Sub'),
  Mul: binary('Mul'),
  Div: binary('Div'),
  Concat: (g, { a, b }, { axis }) => g.add('Concat', [a, b], { axis }),
  Slice: (g, { x }, { axis, begin, end, step }) =>
    g.add('Slice', [x, ...[begin, end, axis, step].map((value) => g.ints([value]))], {}),
  Pad: (g, { x }, { p }) => g.add('Pad', [x, g.ints([0, 0, p[0]!, p[1]!, 0, 0, p[2]!, p[3]!])], {}),
  Reshape: (g, { x }, { to }) => g.add('Reshape', [x, g.ints(to)], {}),
  Flatten: (g, { x }) => g.add('Flatten', [x], { axis: 1 }),
  Transpose: (g, { x }, { perm }) => g.add('Transpose', [x], { perm }),
  Expand: (g, { x }, { to }) => g.add('Expand', [x, g.ints(to)], {}),
  ReduceSum: (g, { x }, { axes, keep }) => g.add('ReduceSum', [x, g.ints(axes)], { keepdims: keep }),
  ReduceMean: (g, { x }, { axes, keep }) => g.add('ReduceMean', [x], { axes, keepdims: keep }),
  crossEntropy: loss('crossEntropy'),
  hinge: loss('hinge'),
  meanSquaredError: loss('meanSquaredError'),
  binaryCrossEntropy: loss('binaryCrossEntropy'),
};

function values(dims: readonly number[], phase: number, { positive, ties }: Recorded): Float64Array {
  return Float64Array.from({ length: elementCount(dims) }, (_, i) => {
    const value = 2 * Math.sin(0.7 * i + phase);
    return Math.fround(positive ? Math.abs(value) + 0.5 : ties ? Math.round(value) : value);
  });
}

/** Norm and projections, as record_grid.py takes them. */
function seen(data: ArrayLike<number>): readonly number[] {
  const project = (weigh: (value: number, i: number) => number) => {
    let sum = 0;
    for (let i = 0; i < data.length; i++) sum += weigh(data[i]!, i);
    return sum;
  };
  const on = (step: number, phase: number) => project((value, i) => value * Math.sin(step * i + phase));
  return [Math.sqrt(project((value) => value * value)), on(0.31, 0), on(1.13, 1), on(2.17, 2)];
}

function compare(what: string, data: ArrayLike<number>, expected: readonly number[]): void {
  const found = seen(data);
  const scale = Math.max(expected[0]!, 1e-3) * Math.max(1, Math.sqrt(data.length) / 10);
  expected.forEach((value, i) => {
    expect(Math.abs(found[i]! - value) / scale, `${what}, number ${i}: ${found[i]} for ${value}`).toBeLessThan(
      TOLERANCE,
    );
  });
}

async function check(recorded: Recorded): Promise<void> {
  const { op, inputs, attributes, dims, output, gradients } = recorded;
  const graph = new GraphBuilder(op);
  const feeds: Record<string, Array64> = {};
  const named: Record<string, Value> = {};
  Object.entries(inputs).forEach(([name, shape], phase) => {
    named[name] = graph.input(name, { dtype: 'float32', dims: shape });
    feeds[name] = { dims: shape, data: values(shape, phase, recorded) };
  });
  const y = WRITERS[op]!(graph, named, attributes);
  expect(graph.dims(y)).toEqual(dims);
  const weights = Float64Array.from({ length: elementCount(dims) }, (_, i) => Math.fround(Math.sin(0.7 * i + 9)));
  feeds['weights'] = { dims, data: weights };
  const weighted = graph.add('Mul', [y, graph.input('weights', { dtype: 'float32', dims })], {});
  const all = graph.ints(dims.map((_, axis) => axis));
  const sum = dims.length === 0 ? weighted : graph.add('ReduceSum', [weighted, all], { keepdims: 0 });
  const asked = differentiate(graph, sum, Object.keys(gradients));
  graph.output(y, 'result');
  for (const name of Object.keys(gradients)) graph.output(asked.get(name)!, `d${name}`);
  const results = await runOrt(graph.build(), feeds);
  const what = `${op} ${JSON.stringify(inputs)} ${JSON.stringify(attributes)}`;
  compare(what, results.get('result')!.data, output);
  for (const [name, expected] of Object.entries(gradients)) {
    compare(`${what}: d${name}`, results.get(`d${name}`)!.data, expected);
  }
}

describe('the grid', () => {
  const { cases } = recording<{ cases: readonly Recorded[] }>('grid.json');
  const byOperator = new Map<string, Recorded[]>();
  for (const recorded of cases) byOperator.set(recorded.op, [...(byOperator.get(recorded.op) ?? []), recorded]);

  it('holds every operator that has a slope, and every loss', () => {
    const differentiable = Object.entries(OPERATORS).flatMap(([name, { gradient }]) =>
      typeof gradient === 'function' ? [name] : [],
    );
    // Clip is HardTanh; Where chooses, which central differences check.
    const expected = differentiable.filter((name) => !['Clip', 'Where'].includes(name));
    expect([...byOperator.keys()]).toEqual(expect.arrayContaining([...expected, ...Object.keys(LOSSES)]));
    expect([...byOperator.keys()].sort()).toEqual(Object.keys(WRITERS).sort());
  });

  it.each([...byOperator].map(([op, of]) => [op, of.length, of] as const))(
    '%s, %i sizes',
    async (_op, _count, of) => {
      for (const recorded of of) await check(recorded);
    },
    120_000,
  );
});
