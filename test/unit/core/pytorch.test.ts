/** Compares with what PyTorch computed: test/fixtures/pytorch/record.py. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Network } from '#core/network/network.ts';
import { propagate } from '#core/network/propagate.ts';
import { batchStatistics } from '#core/onnx/batch-statistics.ts';
import { GraphBuilder } from '#core/onnx/builder.ts';
import type { Value } from '#core/onnx/graph.ts';
import { elementCount } from '#core/onnx/tensor.ts';
import { Chain } from '#core/templates/chain.ts';
import { findTemplate } from '#core/templates/index.ts';
import { differentiate } from '#core/training/differentiate.ts';
import { namedTensors } from '#core/training/emit.ts';
import { backend } from '#main/training/backend.ts';
import { Trainer } from '#main/training/trainer.ts';
import { relativeError } from '../../oracle/gradient-check.ts';
import { runOrt } from '../../oracle/ort.ts';
import type { Array64 } from '../../oracle/reference.ts';

function fixture<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../../fixtures/pytorch/${name}`, import.meta.url), 'utf8'));
}

/** The formula that record.py fills tensors with. */
function wave(dims: readonly number[], phase: number, scale = 1): Float32Array {
  return Float32Array.from({ length: elementCount(dims) }, (_, i) => scale * Math.sin(0.7 * i + phase));
}

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
  sigmoid: (g, { x }) => g.add('Sigmoid', [x], {}),
  tanh: (g, { x }) => g.add('Tanh', [x], {}),
  softmax: (g, { x }) => g.add('Softmax', [x], { axis: 1 }),
  'log-softmax': (g, { x }) => g.add('LogSoftmax', [x], { axis: 1 }),
  add: (g, { x, y }) => g.add('Add', [x, y], {}),
  concat: (g, { x, y }) => g.add('Concat', [x, y], { axis: 1 }),
};

describe('operators and their gradients agree with PyTorch', () => {
  const { cases } = fixture<{ cases: Readonly<Record<string, OperatorRecord>> }>('operators.json');
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

interface StepRecord {
  readonly order: readonly string[];
  readonly batches: readonly number[];
  readonly losses: readonly number[];
  readonly tensors: Readonly<Record<string, readonly number[]>>;
}

function residualBlock(): Network {
  const chain = new Chain();
  const conv = (kernelSize: number, strides: number, after: string) => {
    const padding = (kernelSize - 1) / 2;
    chain.add('Conv2D', { filters: 8, kernelSize, strides, padding, useBias: false }, [after]);
    return chain.add('BatchNormalization');
  };
  const input = chain.add('Input', { channels: 3, height: 16, width: 16, mean: 127.5, scale: 255 });
  conv(3, 2, input);
  const body = conv(3, 1, chain.add('ReLU'));
  const shortcut = conv(1, 2, input);
  chain.add('Add', {}, [body, shortcut]);
  chain.add('ReLU');
  chain.add('GlobalAveragePooling2D');
  chain.add('Dense', { units: 10 });
  return chain.design('block').network;
}

const NETWORKS: Readonly<Record<string, () => Network>> = {
  lenet5: () => findTemplate('lenet5')!.create().network,
  convnetjs: () => findTemplate('convnetjs-cifar10')!.create().network,
  'resnet-block': residualBlock,
};

describe('three SGD steps agree with PyTorch', () => {
  const { networks } = fixture<{ networks: Readonly<Record<string, StepRecord>> }>('steps.json');
  it.each(Object.entries(networks))('%s', async (name, record) => {
    const network = NETWORKS[name]!();
    const report = propagate(network);
    const values = new Map(
      namedTensors(report).map(({ name: tensor, spec }) => {
        const phase = record.order.indexOf(tensor);
        const fanIn = spec.dims.length > 1 ? elementCount(spec.dims.slice(1)) : 100;
        const scale = tensor.startsWith('bn') && tensor.endsWith('.weight') ? 0.3 : Math.sqrt(3 / fanIn);
        const offset = scale === 0.3 ? 1 : 0;
        const data = wave(spec.dims, phase, scale).map((value) => value + offset);
        if (spec.role === 'buffer') data.fill(tensor.endsWith('running_var') ? 1 : 0);
        return [tensor, { dtype: 'float32', dims: spec.dims, data }] as const;
      }),
    );
    const trainer = new Trainer(network, report, values, backend('cpu'));
    const each = elementCount(report.layers.get(report.input!)!.shape!);
    const settings = { learningRate: 0.05, momentum: 0.9, weightDecay: 0.001, seed: 1 };
    const losses: number[] = [];
    let at = 0;
    for (const [step, size] of record.batches.entries()) {
      const pixels = new Uint8Array(size * each);
      const target = new Float32Array(size * 10);
      for (let n = 0; n < size; n++) {
        for (let i = 0; i < each; i++) pixels[n * each + i] = (i * 31 + (at + n) * 7 + ((i * i) % 97)) % 256;
        target[n * 10 + (((at + n) * 3) % 10)] = 1;
      }
      at += size;
      losses.push((await trainer.step({ size, pixels, target }, settings, step)).loss);
    }
    const after = await trainer.values();
    await trainer.dispose();
    losses.forEach((loss, i) => {
      expect(Math.abs(loss - record.losses[i]!), `loss of step ${i}`).toBeLessThan(1e-4);
    });
    expect([...after.keys()].sort()).toEqual(Object.keys(record.tensors).sort());
    for (const [tensor, expected] of Object.entries(record.tensors)) {
      const sampled = after.get(tensor)!.data.filter((_, i) => i % 7 === 0);
      expect(relativeError(sampled, expected), tensor).toBeLessThan(1e-4);
    }
  });
});
