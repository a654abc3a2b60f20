import { describe, expect, it } from 'vitest';
import { batchStatistics } from '#core/onnx/batch-statistics.ts';
import { CPU_TARGET, GraphBuilder, WEBGPU_TARGET } from '#core/onnx/builder.ts';
import type { OperatorName } from '#core/onnx/operators/attributes.ts';
import { PLAIN_FORMS } from '#core/onnx/operators/conv-weight-gradient.ts';
import { OPERATORS } from '#core/onnx/operators/index.ts';
import { repeated } from '#core/onnx/operators/resize.ts';
import { differentiate } from '#core/training/differentiate.ts';
import { LOSSES } from '#core/training/losses/index.ts';
import { buildCase, type Case, centralDifferences, relativeError } from '../../oracle/gradient-check.ts';
import { runOrt } from '../../oracle/ort.ts';
import { evaluate } from '../../oracle/reference.ts';

const TOLERANCE = 1e-3;

interface ConvShape {
  readonly n?: number;
  readonly c?: number;
  readonly k?: number;
  readonly size?: readonly [number, number];
  readonly f?: readonly [number, number];
  readonly s?: readonly [number, number];
  readonly p?: readonly [number, number, number, number];
  readonly d?: readonly [number, number];
  readonly g?: number;
  readonly bias?: boolean;
}

function convCase(name: string, shape: ConvShape): Case {
  const {
    n = 2,
    c = 3,
    k = 4,
    size = [6, 7],
    f = [3, 3],
    s = [1, 1],
    p = [0, 0, 0, 0],
    d = [1, 1],
    g = 1,
    bias = true,
  } = shape;
  return {
    name: `Conv ${name}`,
    inputs: { x: [n, c, ...size], w: [k, c / g, ...f], ...(bias && { b: [k] }) },
    write: (graph, { x, w, b }) =>
      graph.add('Conv', [x, w, b], { kernel_shape: f, strides: s, pads: p, dilations: d, group: g }),
  };
}

function convTransposeCase(name: string, shape: ConvShape & { readonly extra?: readonly [number, number] }): Case {
  const { n = 2, c = 3, k = 4, size = [4, 5], f = [3, 3], s = [1, 1], p = [0, 0, 0, 0], d = [1, 1], g = 1 } = shape;
  const { extra = [0, 0] } = shape;
  const more = { strides: s, pads: p, dilations: d, group: g, output_padding: extra };
  return {
    name: `ConvTranspose ${name}`,
    inputs: { x: [n, c, ...size], w: [c, k / g, ...f] },
    write: (graph, { x, w }) => graph.add('ConvTranspose', [x, w], { kernel_shape: f, ...more }),
  };
}

const window = (f: number, s: number, p = 0) => ({
  kernel_shape: [f, f],
  strides: [s, s],
  pads: [p, p, p, p],
});

/** Distinct values far from each other, so that a difference quotient never crosses a maximum or a kink. */
const spread = (_: string, i: number) => (((i * 7919) % 101) - 50.3) / 20;
const positive = (_: string, i: number) => 0.5 + ((i * 37) % 11) / 5;

const CASES: { readonly [O in OperatorName]?: readonly Case[] } = {
  Conv: [
    convCase('stride 1, no padding', {}),
    convCase('padded, batch 1', { n: 1, p: [1, 1, 1, 1] }),
    convCase('asymmetric padding', { p: [0, 1, 2, 1] }),
    convCase('even kernel', { f: [2, 4], p: [0, 1, 1, 2], bias: false }),
    convCase('stride 2 that floors', { s: [2, 2], p: [1, 1, 1, 1] }),
    convCase('stride 3, exact height, floored width', { size: [6, 8], s: [3, 3] }),
    convCase('stride 4 on many channels', { c: 40, k: 20, size: [9, 10], f: [3, 3], s: [4, 4] }),
    convCase('dilation 2', { size: [7, 8], d: [2, 2], p: [2, 1, 2, 1] }),
    convCase('dilation and stride', { size: [9, 8], d: [2, 1], s: [2, 3] }),
    convCase('2 groups', { c: 4, k: 6, g: 2, p: [1, 1, 1, 1] }),
    convCase('2 groups, 5×5', { c: 4, k: 6, g: 2, f: [5, 5], p: [2, 2, 2, 2] }),
    convCase('2 groups, stride 2', { c: 4, k: 6, g: 2, s: [2, 2] }),
    convCase('depthwise', { c: 4, k: 4, g: 4 }),
    convCase('1×1', { f: [1, 1] }),
    convCase('1×1 with stride 2', { f: [1, 1], s: [2, 2] }),
    convCase('1×1 with padding (more than the turned filter takes)', { f: [1, 1], p: [1, 0, 0, 1] }),
    convCase('many channels, 3×3', { c: 40, k: 20, size: [5, 5], p: [1, 1, 1, 1] }),
    convCase('many channels, 5×5', { c: 40, k: 20, size: [6, 5], f: [5, 5], p: [2, 2, 2, 2] }),
    convCase('window as large as the input', { size: [3, 3] }),
    convCase('7×1 window', { size: [8, 3], f: [7, 1] }),
  ],
  MaxPool: [
    ['2×2, stride 2', [2, 3, 6, 6], 2, 2, 0],
    ['2×2, stride 2, odd input', [2, 3, 7, 5], 2, 2, 0],
    ['overlapping 3×3, stride 2', [2, 2, 7, 7], 3, 2, 0],
    ['3×3, stride 2, padded', [1, 2, 8, 8], 3, 2, 1],
    ['3×3, stride 1, padded', [2, 1, 5, 4], 3, 1, 1],
    ['gaps between windows', [1, 2, 8, 8], 2, 3, 0],
  ].map(([name, dims, f, s, p]) => ({
    name: `MaxPool ${name}`,
    inputs: { x: dims as readonly number[] },
    values: spread,
    write: (graph, { x }) =>
      graph.add('MaxPool', [x], { ...window(f as number, s as number, p as number), dilations: [1, 1] }),
  })),
  AveragePool: [
    ['2×2, stride 2', [2, 3, 6, 6], 2, 2, 0, 1],
    ['2×2, stride 2, odd input', [1, 3, 7, 5], 2, 2, 0, 1],
    ['overlapping 3×3, stride 2', [2, 2, 7, 7], 3, 2, 0, 0],
    ['padded, counted', [1, 2, 8, 7], 3, 2, 1, 1],
    ['padded, not counted', [2, 2, 8, 7], 3, 2, 1, 0],
    ['stride 1, padded, not counted', [1, 1, 5, 4], 3, 1, 1, 0],
  ].map(([name, dims, f, s, p, count]) => ({
    name: `AveragePool ${name}`,
    inputs: { x: dims as readonly number[] },
    write: (graph, { x }) =>
      graph.add('AveragePool', [x], {
        ...window(f as number, s as number, p as number),
        count_include_pad: count as number,
      }),
  })),
  GlobalAveragePool: [
    {
      name: 'GlobalAveragePool',
      inputs: { x: [2, 3, 4, 5] },
      write: (g, { x }) => g.add('GlobalAveragePool', [x], {}),
    },
  ],
  BatchNormalization: [
    {
      name: 'BatchNormalization with given statistics',
      inputs: { x: [2, 3, 4, 4], scale: [3], shift: [3], mean: [3], variance: [3] },
      values: positive,
      write: (g, { x, scale, shift, mean, variance }) =>
        g.add('BatchNormalization', [x, scale, shift, mean, variance], { epsilon: 1e-3 }),
    },
    ...[[4, 3, 3, 2] as const, [6, 3] as const].map(
      (dims): Case => ({
        name: `BatchNormalization while training on [${dims}]`,
        inputs: { x: dims, scale: [3], shift: [3] },
        write: (g, { x, scale, shift }) =>
          g.withGradient([x as string, scale as string, shift as string], () =>
            batchStatistics(g, x as string, scale as string, shift as string, 1e-3),
          ),
      }),
    ),
  ],
  LRN: [
    [5, 7],
    [1, 6],
    [3, 2],
  ].map(([size, channels]) => ({
    name: `LRN over ${size} of ${channels} channels`,
    inputs: { x: [2, channels as number, 2, 3] },
    write: (g, { x }) => g.add('LRN', [x], { size: size as number, alpha: 0.5, beta: 0.75, bias: 2 }),
  })),
  Gemm: [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ].map(([transA, transB]) => ({
    name: `Gemm transA ${transA} transB ${transB}`,
    inputs: { a: transA === 1 ? [4, 3] : [3, 4], b: transB === 1 ? [5, 4] : [4, 5], c: [5] },
    write: (g, { a, b, c }) =>
      g.add('Gemm', [a, b, c], { alpha: 0.5, beta: 2, transA: transA as number, transB: transB as number }),
  })),
  MatMul: [
    { name: 'MatMul 2-D', inputs: { a: [3, 4], b: [4, 2] }, write: (g, { a, b }) => g.add('MatMul', [a, b], {}) },
    {
      name: 'MatMul batched',
      inputs: { a: [2, 3, 4], b: [2, 4, 2] },
      write: (g, { a, b }) => g.add('MatMul', [a, b], {}),
    },
    {
      name: 'MatMul shared right',
      inputs: { a: [2, 3, 4], b: [4, 2] },
      write: (g, { a, b }) => g.add('MatMul', [a, b], {}),
    },
    {
      name: 'MatMul broadcast batch',
      inputs: { a: [1, 3, 4], b: [2, 4, 2] },
      write: (g, { a, b }) => g.add('MatMul', [a, b], {}),
    },
  ],
  Relu: [{ name: 'Relu', inputs: { x: [2, 3, 4] }, values: spread, write: (g, { x }) => g.add('Relu', [x], {}) }],
  LeakyRelu: [
    {
      name: 'LeakyRelu',
      inputs: { x: [2, 12] },
      values: spread,
      write: (g, { x }) => g.add('LeakyRelu', [x], { alpha: 0.2 }),
    },
  ],
  Elu: [
    { name: 'Elu α 1', inputs: { x: [2, 12] }, values: spread, write: (g, { x }) => g.add('Elu', [x], { alpha: 1 }) },
    {
      name: 'Elu α 0.4',
      inputs: { x: [2, 12] },
      values: spread,
      write: (g, { x }) => g.add('Elu', [x], { alpha: 0.4 }),
    },
  ],
  PRelu: [
    ...[[3, 1, 1] as const, [1] as const].map(
      (slopes): Case => ({
        name: `PRelu with ${slopes} slopes`,
        inputs: { x: [2, 3, 4, 3], slope: slopes },
        values: spread,
        write: (g, { x, slope }) => g.add('PRelu', [x, slope], {}),
      }),
    ),
  ],
  HardSigmoid: [
    {
      name: 'HardSigmoid',
      inputs: { x: [2, 12] },
      values: spread,
      write: (g, { x }) => g.add('HardSigmoid', [x], { alpha: 0.5, beta: 0.4 }),
    },
  ],
  Resize: [
    ...[[2, 3] as const, [1, 4] as const].map(
      (factors): Case => ({
        name: `Resize by ${factors}`,
        inputs: { x: [2, 3, 4, 3] },
        write: (g, { x }) => repeated(g, x!, factors),
      }),
    ),
  ],
  ConvTranspose: [
    convTransposeCase('stride 1', {}),
    convTransposeCase('stride 2, padded, batch 1', { n: 1, s: [2, 2], p: [1, 1, 1, 1] }),
    convTransposeCase('stride 3, rows left over', { s: [3, 2], extra: [2, 1] }),
    convTransposeCase('asymmetric padding, dilation', { p: [1, 0, 2, 1], d: [2, 1] }),
    convTransposeCase('2 groups', { c: 4, g: 2, s: [2, 2] }),
    convTransposeCase('many channels', { c: 20, k: 40, s: [2, 1] }),
  ],
  Selu: [
    {
      name: 'Selu',
      inputs: { x: [2, 12] },
      values: spread,
      write: (g, { x }) => g.add('Selu', [x], { alpha: 1.6733, gamma: 1.0507 }),
    },
  ],
  Softplus: [
    { name: 'Softplus', inputs: { x: [2, 12] }, values: spread, write: (g, { x }) => g.add('Softplus', [x], {}) },
  ],
  Softsign: [
    { name: 'Softsign', inputs: { x: [2, 12] }, values: spread, write: (g, { x }) => g.add('Softsign', [x], {}) },
  ],
  Erf: [{ name: 'Erf', inputs: { x: [2, 12] }, values: spread, write: (g, { x }) => g.add('Erf', [x], {}) }],
  Clip: [
    {
      name: 'Clip',
      inputs: { x: [2, 12] },
      values: spread,
      write: (g, { x }) => g.add('Clip', [x, g.scalar(-1), g.scalar(0.7)], {}),
    },
  ],
  Sigmoid: [{ name: 'Sigmoid', inputs: { x: [3, 5] }, write: (g, { x }) => g.add('Sigmoid', [x], {}) }],
  Tanh: [{ name: 'Tanh', inputs: { x: [3, 5] }, write: (g, { x }) => g.add('Tanh', [x], {}) }],
  Softmax: [
    { name: 'Softmax', inputs: { x: [3, 5] }, write: (g, { x }) => g.add('Softmax', [x], { axis: 1 }) },
    {
      name: 'Softmax on the first axis',
      inputs: { x: [3, 5] },
      write: (g, { x }) => g.add('Softmax', [x], { axis: 0 }),
    },
  ],
  LogSoftmax: [
    { name: 'LogSoftmax', inputs: { x: [3, 5] }, write: (g, { x }) => g.add('LogSoftmax', [x], { axis: -1 }) },
  ],
  Dropout: [{ name: 'Dropout', inputs: { x: [3, 5] }, write: (g, { x }) => g.add('Dropout', [x, g.scalar(0.5)], {}) }],
  Add: [
    { name: 'Add', inputs: { a: [2, 3], b: [2, 3] }, write: (g, { a, b }) => g.add('Add', [a, b], {}) },
    { name: 'Add broadcast', inputs: { a: [2, 3, 4], b: [3, 1] }, write: (g, { a, b }) => g.add('Add', [a, b], {}) },
    { name: 'Add of a value to itself', inputs: { a: [2, 3] }, write: (g, { a }) => g.add('Add', [a, a], {}) },
  ],
  Sub: [
    { name: 'Sub broadcast', inputs: { a: [3, 1], b: [2, 3, 4] }, write: (g, { a, b }) => g.add('Sub', [a, b], {}) },
  ],
  Mul: [
    { name: 'Mul broadcast', inputs: { a: [2, 3, 4], b: [1, 3, 1] }, write: (g, { a, b }) => g.add('Mul', [a, b], {}) },
    { name: 'Mul by a scalar', inputs: { a: [2, 3], b: [] }, write: (g, { a, b }) => g.add('Mul', [a, b], {}) },
    { name: 'Mul of a value with itself', inputs: { a: [2, 3] }, write: (g, { a }) => g.add('Mul', [a, a], {}) },
  ],
  Div: [
    {
      name: 'Div broadcast',
      inputs: { a: [2, 3], b: [3] },
      values: positive,
      write: (g, { a, b }) => g.add('Div', [a, b], {}),
    },
  ],
  Pow: [
    {
      name: 'Pow',
      inputs: { a: [2, 3] },
      values: positive,
      write: (g, { a }) => g.add('Pow', [a, g.scalar(-0.75)], {}),
    },
  ],
  Neg: [{ name: 'Neg', inputs: { a: [2, 3] }, write: (g, { a }) => g.add('Neg', [a], {}) }],
  Exp: [{ name: 'Exp', inputs: { a: [2, 3] }, write: (g, { a }) => g.add('Exp', [a], {}) }],
  Sqrt: [{ name: 'Sqrt', inputs: { a: [2, 3] }, values: positive, write: (g, { a }) => g.add('Sqrt', [a], {}) }],
  Identity: [{ name: 'Identity', inputs: { a: [2, 3] }, write: (g, { a }) => g.add('Identity', [a], {}) }],
  Where: [
    {
      name: 'Where',
      inputs: { a: [2, 3], b: [3] },
      values: spread,
      write: (g, { a, b }) => g.add('Where', [g.add('Greater', [a, g.scalar(0)], {}), a, b], {}),
    },
  ],
  Concat: [
    {
      name: 'Concat',
      inputs: { a: [2, 3, 2], b: [2, 1, 2] },
      write: (g, { a, b }) => g.add('Concat', [a, b, a], { axis: 1 }),
    },
    {
      name: 'Concat on the last axis',
      inputs: { a: [2, 3], b: [2, 1] },
      write: (g, { a, b }) => g.add('Concat', [a, b], { axis: -1 }),
    },
  ],
  Slice: [
    {
      name: 'Slice',
      inputs: { x: [4, 5] },
      write: (g, { x }) => g.add('Slice', [x, g.ints([1, -3]), g.ints([3, 2 ** 31 - 1]), g.ints([0, 1])], {}),
    },
    ...[2, 3, -1, -2].map(
      (step): Case => ({
        name: `Slice in steps of ${step}`,
        inputs: { x: [3, 8, 2] },
        write: (g, { x }) =>
          step > 0
            ? g.add('Slice', [x, g.ints([1]), g.ints([8]), g.ints([1]), g.ints([step])], {})
            : g.add('Slice', [x, g.ints([-2]), g.ints([-9]), g.ints([1]), g.ints([step])], {}),
      }),
    ),
  ],
  Pad: [
    { name: 'Pad', inputs: { x: [2, 3] }, write: (g, { x }) => g.add('Pad', [x, g.ints([1, 0, 2, 1])], {}) },
    {
      name: 'Pad that crops',
      inputs: { x: [4, 3] },
      write: (g, { x }) => g.add('Pad', [x, g.ints([-1, 0, 1, -1])], {}),
    },
  ],
  Reshape: [
    { name: 'Reshape', inputs: { x: [2, 6] }, write: (g, { x }) => g.add('Reshape', [x, g.ints([0, -1, 2])], {}) },
  ],
  Flatten: [{ name: 'Flatten', inputs: { x: [2, 3, 2] }, write: (g, { x }) => g.add('Flatten', [x], { axis: 1 }) }],
  Transpose: [
    { name: 'Transpose', inputs: { x: [2, 3, 4] }, write: (g, { x }) => g.add('Transpose', [x], { perm: [2, 0, 1] }) },
  ],
  Expand: [{ name: 'Expand', inputs: { x: [3, 1] }, write: (g, { x }) => g.add('Expand', [x, g.ints([2, 3, 4])], {}) }],
  ReduceSum: [
    {
      name: 'ReduceSum',
      inputs: { x: [2, 3, 4] },
      write: (g, { x }) => g.add('ReduceSum', [x, g.ints([0, 2])], { keepdims: 0 }),
    },
    {
      name: 'ReduceSum, dims kept',
      inputs: { x: [2, 3, 4] },
      write: (g, { x }) => g.add('ReduceSum', [x, g.ints([-1])], { keepdims: 1 }),
    },
  ],
  ReduceMean: [
    {
      name: 'ReduceMean',
      inputs: { x: [2, 3, 4] },
      write: (g, { x }) => g.add('ReduceMean', [x], { axes: [0, 2], keepdims: 0 }),
    },
  ],
};

/** Every loss, with a class for each picture and with shared ones. */
const LOSS_CASES: readonly Case[] = Object.values(LOSSES).flatMap(({ kind, emit }) =>
  [false, true].map((shared) => ({
    name: `${kind}${shared ? ', shared targets' : ''}`,
    inputs: { scores: [4, 5], target: [4, 5] },
    values: (input: string, i: number) => {
      if (input !== 'target') return Math.sin(i * 1.7) * 2;
      return i % 6 === 0 ? (shared ? 0.7 : 1) : i % 6 === 1 && shared ? 0.3 : 0;
    },
    fixed: ['target'],
    write: (g, { scores, target }) => emit(g, scores as string, target as string),
  })),
);

const all = [...Object.values(CASES).flat(), ...LOSS_CASES] as readonly Case[];

describe('every operator that has a slope is in the grid', () => {
  const differentiable = Object.entries(OPERATORS).filter(([, operator]) => typeof operator.gradient === 'function');
  it.each(differentiable.map(([name]) => name as OperatorName))('%s', (name) => {
    expect(CASES[name]?.length).toBeGreaterThan(0);
  });
});

describe.each([
  ['CPU', CPU_TARGET],
  ['WebGPU', WEBGPU_TARGET],
])('gradients as written for the %s provider', (_, target) => {
  it.each(all.map((testCase) => [testCase.name, testCase] as const))('%s', async (_name, testCase) => {
    const checked = buildCase(testCase, target);
    const inFloat64 = evaluate(checked.graph, checked.feeds);
    const inOrt = await runOrt(checked.graph, checked.feeds);
    for (const input of checked.asked) {
      const expected = centralDifferences(checked, input);
      const gradient = `${input}.gradient`;
      expect(inFloat64.get(gradient)?.dims).toEqual(testCase.inputs[input]);
      expect(relativeError(inFloat64.get(gradient)!.data, expected), `${input} in float64`).toBeLessThan(TOLERANCE);
      expect(relativeError(inOrt.get(gradient)!.data, expected), `${input} in ONNX Runtime`).toBeLessThan(TOLERANCE);
    }
  });
});

describe('the forms of the CONV weight gradient agree', () => {
  const shapes: readonly (readonly [string, ConvShape])[] = [
    ['plain', {}],
    ['padded, stride 2', { s: [2, 2], p: [1, 1, 1, 1] }],
    ['dilated', { d: [2, 2], size: [8, 9] }],
    ['stride 3 with unread pixels', { s: [3, 3], size: [8, 9] }],
  ];
  it.each(shapes)('%s', async (name, shape) => {
    // Shifting reads every pixel: it has no stride.
    const { asShifts, ...others } = PLAIN_FORMS;
    const forms = shape.s === undefined ? [...Object.values(others), asShifts] : Object.values(others);
    const results = forms.map((form) => {
      const graph = new GraphBuilder(name);
      const testCase = convCase(name, { ...shape, bias: false });
      const x = graph.input('x', { dtype: 'float32', dims: testCase.inputs['x'] as readonly number[] });
      const w = graph.input('w', { dtype: 'float32', dims: testCase.inputs['w'] as readonly number[] });
      const y = testCase.write(graph, { x, w });
      const dy = graph.input('dy', { dtype: 'float32', dims: graph.dims(y) });
      const node = graph.nodes[0] as unknown as { attributes: Parameters<typeof form>[4] };
      graph.output(form(graph, x, w, dy, node.attributes), 'dw');
      const values = (dims: readonly number[]) => ({
        dims,
        data: Float64Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i * 0.7)),
      });
      return evaluate(graph.build(), {
        x: values(graph.dims(x)),
        w: values(graph.dims(w)),
        dy: values(graph.dims(dy)),
      }).get('dw')!;
    });
    for (const other of results.slice(1)) expect(relativeError(other.data, results[0]!.data)).toBeLessThan(1e-9);
  });
});

describe('differentiate', () => {
  it('gives a tie in MAX POOL to the first position, as PyTorch does', () => {
    const graph = new GraphBuilder('tie');
    const x = graph.input('x', { dtype: 'float32', dims: [1, 1, 2, 2] });
    const y = graph.add('MaxPool', [x], { ...window(2, 2), dilations: [1, 1] });
    const loss = graph.add('ReduceSum', [y, graph.ints([0, 1, 2, 3])], { keepdims: 0 });
    graph.output(differentiate(graph, loss, [x]).get(x)!, 'dx');
    const feeds = { x: { dims: [1, 1, 2, 2], data: Float64Array.of(3, 3, 1, 3) } };
    expect([...evaluate(graph.build(), feeds).get('dx')!.data]).toEqual([1, 0, 0, 0]);
  });

  it('names the operator through which no gradient flows', () => {
    const graph = new GraphBuilder('argmax');
    const x = graph.input('x', { dtype: 'float32', dims: [2, 3] });
    const best = graph.add('Cast', [graph.add('ArgMax', [x], { axis: 1, keepdims: 0 })], { to: 'float32' });
    const loss = graph.add('ReduceSum', [best, graph.ints([0])], { keepdims: 0 });
    expect(() => differentiate(graph, loss, [x])).toThrow(/Cast: no gradient flows through Cast/);
  });

  it('refuses a loss that is no scalar', () => {
    const graph = new GraphBuilder('vector');
    const x = graph.input('x', { dtype: 'float32', dims: [3] });
    expect(() => differentiate(graph, x, [x])).toThrow(/must be a scalar, got \[3\]/);
  });

  it('leaves out what the loss does not depend on', () => {
    const graph = new GraphBuilder('unused');
    const x = graph.input('x', { dtype: 'float32', dims: [3] });
    const unused = graph.input('unused', { dtype: 'float32', dims: [3] });
    const loss = graph.add('ReduceSum', [x, graph.ints([0])], { keepdims: 0 });
    expect([...differentiate(graph, loss, [x, unused]).keys()]).toEqual(['x']);
  });
});
