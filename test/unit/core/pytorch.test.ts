/** Compares with what PyTorch computed: test/fixtures/pytorch/record.py. */
import { describe, expect, it } from 'vitest';
import type { Fields } from '#core/layers/fields.ts';
import { type LayerKind, layerDefinition } from '#core/layers/index.ts';
import { defaultFields } from '#core/network/edits.ts';
import { batchStatistics } from '#core/onnx/batch-statistics.ts';
import { GraphBuilder } from '#core/onnx/builder.ts';
import type { Value } from '#core/onnx/graph.ts';
import { differentiate } from '#core/training/differentiate.ts';
import { OPTIMIZERS, type OptimizerKind } from '#core/training/optimizers/index.ts';
import { DEFAULT_TRAINING, type TrainingSettings } from '#core/training/settings.ts';
import { relativeError } from '../../oracle/gradient-check.ts';
import { runOrt } from '../../oracle/ort.ts';
import { compareSteps, NETWORKS, recording, residualBlock, type StepRecord, wave } from '../../oracle/pytorch.ts';
import type { Array64 } from '../../oracle/reference.ts';

const TOLERANCE = 1e-4;

interface OperatorRecord {
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  readonly output: { readonly dims: readonly number[]; readonly data: readonly number[] };
  readonly gradients: Readonly<Record<string, readonly number[]>>;
}

type Inputs = Readonly<Record<string, Value>>;
type Write = (g: GraphBuilder, inputs: Inputs) => Value;

const convolve =
  (f: number, s: number, p: number, d = 1, group = 1): Write =>
  (g, { x, w, b }) =>
    g.add('Conv', [x, w, b], { kernel_shape: [f, f], strides: [s, s], pads: [p, p, p, p], dilations: [d, d], group });
const window = (f: number, s: number, p = 0) => ({ kernel_shape: [f, f], strides: [s, s], pads: [p, p, p, p] });
const maximum =
  (f: number, s: number, p = 0): Write =>
  (g, { x }) =>
    g.add('MaxPool', [x], { ...window(f, s, p), dilations: [1, 1] });
const average =
  (f: number, s: number, p: number, count_include_pad: number): Write =>
  (g, { x }) =>
    g.add('AveragePool', [x], { ...window(f, s, p), count_include_pad });

/** A layer over the input x, with its tensors taken from other inputs. */
const layer =
  (kind: LayerKind, fields: Fields = {}, tensors: Readonly<Record<string, string>> = {}): Write =>
  (graph, inputs) => {
    const definition = layerDefinition(kind)!;
    return definition.emit({
      graph,
      fields: { ...defaultFields(kind), ...fields },
      inputs: [inputs['x']!],
      mode: 'training',
      weight: (name) => inputs[tensors[name]!]!,
      random: () => expect.fail('no random numbers are wanted'),
      updateBuffer: () => undefined,
      withGradient: (given, write) => graph.withGradient(given, write),
    });
  };

const WRITERS: Readonly<Record<string, Write>> = {
  conv: convolve(3, 1, 1),
  'conv-stride-2-floors': convolve(3, 2, 1),
  'conv-dilated': convolve(3, 1, 0, 2),
  'conv-groups': convolve(3, 1, 1, 1, 2),
  'conv-depthwise-stride-2': convolve(3, 2, 1, 1, 4),
  'conv-5x5-many-channels': convolve(5, 1, 2),
  'max-pool': maximum(2, 2),
  'max-pool-overlapping': maximum(3, 2),
  'max-pool-padded': maximum(3, 2, 1),
  'max-pool-ties': maximum(3, 2),
  'average-pool': average(2, 2, 0, 1),
  'average-pool-padded': average(3, 2, 1, 1),
  'average-pool-padding-not-counted': average(3, 2, 1, 0),
  'global-average-pool': (g, { x }) => g.add('GlobalAveragePool', [x], {}),
  'batch-norm-training': (g, { x, w, b }) => g.withGradient([x!, w!, b!], () => batchStatistics(g, x!, w!, b!, 1e-5)),
  lrn: (g, { x }) => g.add('LRN', [x], { size: 5, alpha: 0.5, beta: 0.75, bias: 2 }),
  linear: (g, { x, w, b }) => g.add('Gemm', [x, w, b], { alpha: 1, beta: 1, transA: 0, transB: 1 }),
  relu: (g, { x }) => g.add('Relu', [x], {}),
  'leaky-relu': (g, { x }) => g.add('LeakyRelu', [x], { alpha: 0.2 }),
  elu: (g, { x }) => g.add('Elu', [x], { alpha: 0.7 }),
  selu: (g, { x }) => g.add('Selu', [x], { alpha: 1.6732632423543772, gamma: 1.0507009873554805 }),
  softplus: (g, { x }) => g.add('Softplus', [x], {}),
  softsign: (g, { x }) => g.add('Softsign', [x], {}),
  erf: (g, { x }) => g.add('Erf', [x], {}),
  'hard-tanh': layer('HardTanh'),
  gelu: layer('GELU'),
  prelu: layer('PReLU', {}, { weight: 'w' }),
  'prelu-vector': layer('PReLU', {}, { weight: 'w' }),
  upsample: layer('UpSampling2D', { size: [2, 3] }),
  'zero-pad': layer('ZeroPadding2D', { padding: [2, 1] }),
  'separable-conv': layer(
    'SeparableConv2D',
    { filters: 4, kernelSize: 3, strides: 2, padding: 1, depthMultiplier: 2 },
    { depthwise: 'd', weight: 'w', bias: 'b' },
  ),
  sigmoid: (g, { x }) => g.add('Sigmoid', [x], {}),
  tanh: (g, { x }) => g.add('Tanh', [x], {}),
  softmax: (g, { x }) => g.add('Softmax', [x], { axis: 1 }),
  'log-softmax': (g, { x }) => g.add('LogSoftmax', [x], { axis: 1 }),
  add: (g, { x, y }) => g.add('Add', [x, y], {}),
  concat: (g, { x, y }) => g.add('Concat', [x, y], { axis: 1 }),
};

describe('operators and their gradients agree with PyTorch', () => {
  const { cases } = recording<{ cases: Readonly<Record<string, OperatorRecord>> }>('operators.json');
  const compared = Object.entries(cases);

  it('compares all that was recorded', () => {
    expect(compared.map(([name]) => name).sort()).toEqual(Object.keys(WRITERS).sort());
  });

  it.each(compared)('%s', async (name, record) => {
    const graph = new GraphBuilder(name);
    const feeds: Record<string, Array64> = {};
    const inputs: Record<string, Value> = {};
    Object.entries(record.inputs).forEach(([input, dims], phase) => {
      inputs[input] = graph.input(input, { dtype: 'float32', dims });
      const values = wave(dims, phase, 2);
      feeds[input] = { dims, data: Float64Array.from(name === 'max-pool-ties' ? values.map(Math.round) : values) };
    });
    const y = WRITERS[name]!(graph, inputs);
    const dims = graph.dims(y);
    feeds['r'] = { dims, data: Float64Array.from(wave(dims, 9)) };
    const weighted = graph.add('Mul', [y, graph.input('r', { dtype: 'float32', dims })], {});
    const loss = graph.add('ReduceSum', [weighted, graph.ints(dims.map((_, axis) => axis))], { keepdims: 0 });
    const gradients = differentiate(graph, loss, Object.keys(inputs));
    graph.output(y, 'result');
    for (const input of Object.keys(inputs)) graph.output(gradients.get(input)!, `d${input}`);
    const results = await runOrt(graph.build(), feeds);
    expect(results.get('result')!.dims).toEqual(record.output.dims);
    expect(relativeError(results.get('result')!.data, record.output.data)).toBeLessThan(TOLERANCE);
    for (const [input, expected] of Object.entries(record.gradients)) {
      expect(relativeError(results.get(`d${input}`)!.data, expected), `d${input}`).toBeLessThan(TOLERANCE);
    }
  });
});

describe('three SGD steps agree with PyTorch', () => {
  const { networks } = recording<{ networks: Readonly<Record<string, StepRecord>> }>('steps.json');
  const settings = { ...DEFAULT_TRAINING, learningRate: 0.05, weightDecay: 0.001 };
  it.each(Object.entries(networks))('%s', (name, record) => compareSteps(NETWORKS[name]!(), record, settings));
});

describe('three steps of every optimizer agree with PyTorch', () => {
  const { runs } = recording<{ runs: Readonly<Record<string, StepRecord>> }>('optimizers.json');
  // As in record.py.
  const own: { readonly [K in OptimizerKind]: Partial<TrainingSettings> } = {
    sgd: { learningRate: 0.05, momentum: 0.8, weightDecay: 0.01 },
    nesterov: { learningRate: 0.05, momentum: 0.8, weightDecay: 0.01 },
    adagrad: { learningRate: 0.02, weightDecay: 0.01, epsilon: 1e-3 },
    rmsprop: { learningRate: 0.002, rho: 0.95, weightDecay: 0.01, epsilon: 1e-3 },
    adam: { learningRate: 0.005, beta1: 0.8, beta2: 0.95, weightDecay: 0.01, epsilon: 1e-3 },
    adamw: { learningRate: 0.005, beta1: 0.8, beta2: 0.95, weightDecay: 0.1, epsilon: 1e-3 },
  };

  it('compares all there are', () => {
    expect(Object.keys(runs)).toEqual(Object.keys(OPTIMIZERS));
  });

  it.each(Object.keys(OPTIMIZERS) as OptimizerKind[])('%s', (optimizer) =>
    compareSteps(residualBlock(), runs[optimizer]!, { ...DEFAULT_TRAINING, ...own[optimizer], optimizer }),
  );
});

describe('three steps with what changes loss and gradient agree with PyTorch', () => {
  type Recorded = Readonly<Record<'smoothing' | 'clipped' | 'l1' | 'l1Clipped', StepRecord>>;
  const { smoothing, clipped, l1, l1Clipped } = recording<Recorded>('optimizers.json');
  const settings = { ...DEFAULT_TRAINING, learningRate: 0.05, weightDecay: 0.001 };
  it('label smoothing', () => compareSteps(residualBlock(), smoothing, { ...settings, labelSmoothing: 0.2 }));
  it('clipping by the norm', () => compareSteps(residualBlock(), clipped, { ...settings, clipNorm: 0.05 }));
  it('L1', () => compareSteps(residualBlock(), l1, { ...settings, l1Decay: 0.01 }));
  // PyTorch's users add λ₁ Σ|w| to the loss: clipping sees its slope.
  it('L1, then clipping', () =>
    compareSteps(residualBlock(), l1Clipped, { ...settings, l1Decay: 0.01, clipNorm: 0.05 }));
});
