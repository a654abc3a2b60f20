/** The blocked layout computes what the plain one does: CONVs of all shapes with their gradients, then whole steps. */
import { describe, expect, it } from 'vitest';
import type { Network } from '#core/network/network.ts';
import { propagate } from '#core/network/propagate.ts';
import { accumulateInGemm } from '#core/onnx/accumulate-in-gemm.ts';
import { toBlocked } from '#core/onnx/blocked/lower.ts';
import { CPU_TARGET, GraphBuilder } from '#core/onnx/builder.ts';
import { decodeGraph, OnnxError } from '#core/onnx/decode.ts';
import { encodeModel } from '#core/onnx/encode.ts';
import type { Graph } from '#core/onnx/graph.ts';
import { fitsPlanes } from '#core/onnx/operators/blocked-weight-gradient.ts';
import { BLOCKED_FORMS, type Form, PLAIN_FORMS } from '#core/onnx/operators/conv-weight-gradient.ts';
import type { Target } from '#core/onnx/operators/operator.ts';
import { pruned } from '#core/onnx/prune.ts';
import { elementCount } from '#core/onnx/tensor.ts';
import { randomStream } from '#core/random.ts';
import { findTemplate } from '#core/templates/index.ts';
import { differentiate } from '#core/training/differentiate.ts';
import { namedTensors } from '#core/training/emit.ts';
import { initialTensor } from '#core/training/initialize.ts';
import { compileTraining, STEP, scalarName } from '#core/training/program.ts';
import { backend } from '#main/training/backend.ts';
import { chain, conv, input } from '../../networks.ts';
import { relativeError } from '../../oracle/gradient-check.ts';
import { runOrt } from '../../oracle/ort.ts';
import type { Array64 } from '../../oracle/reference.ts';

const blockedTarget = await backend('cpu').target();
const hasLayout = blockedTarget.channelBlock > 1;

interface Shape {
  readonly n?: number;
  readonly c: number;
  readonly k: number;
  readonly f: readonly [number, number];
  readonly s?: readonly [number, number];
  readonly d?: readonly [number, number];
  readonly pads?: readonly [number, number, number, number];
  readonly size?: readonly [number, number];
  readonly group?: number;
}

const SHAPES: Readonly<Record<string, Shape>> = {
  'one block to one block, padded': { c: 16, k: 16, f: [3, 3], pads: [1, 1, 1, 1] },
  'two blocks to three': { c: 32, k: 48, f: [3, 3], pads: [1, 1, 1, 1] },
  'one channel': { c: 1, k: 6, f: [5, 5] },
  'three channels, padded': { c: 3, k: 16, f: [5, 5], pads: [2, 2, 2, 2] },
  'six channels to a block': { c: 6, k: 16, f: [5, 5] },
  'a block and a bit to a block and a bit': { c: 20, k: 20, f: [5, 5], pads: [2, 2, 2, 2] },
  'odd channels': { c: 17, k: 33, f: [3, 2] },
  'stride 2, odd picture': { c: 16, k: 32, f: [3, 3], s: [2, 2], pads: [1, 1, 1, 1], size: [9, 11] },
  'stride 2, even picture': { c: 16, k: 32, f: [3, 3], s: [2, 2], pads: [1, 1, 1, 1], size: [8, 10] },
  '5×5, stride 2': { c: 16, k: 20, f: [5, 5], s: [2, 2], pads: [2, 2, 2, 2], size: [8, 12] },
  '1×1, stride 2, even picture': { c: 32, k: 16, f: [1, 1], s: [2, 2], size: [6, 8] },
  'stride 2 to half a block of filters': { c: 16, k: 8, f: [3, 3], s: [2, 2], pads: [1, 1, 1, 1], size: [8, 8] },
  'stride 3, picture of its multiples': { c: 16, k: 16, f: [4, 3], s: [3, 3], pads: [1, 0, 1, 0], size: [9, 12] },
  'a stride larger than the window': { c: 16, k: 16, f: [2, 1], s: [3, 2], size: [9, 8] },
  'stride 3 with unread pixels': { c: 16, k: 16, f: [3, 3], s: [3, 3], size: [10, 11] },
  'strides that differ': { c: 16, k: 16, f: [3, 2], s: [1, 2], size: [8, 9] },
  dilated: { c: 16, k: 16, f: [3, 3], d: [2, 3], pads: [2, 3, 2, 3], size: [9, 10] },
  'dilated and strided': { c: 32, k: 16, f: [2, 3], d: [3, 2], s: [2, 3], size: [11, 13] },
  'padded on one side': { c: 16, k: 16, f: [3, 3], pads: [0, 1, 2, 0] },
  '1×1': { c: 32, k: 16, f: [1, 1] },
  '1×1, stride 2': { c: 16, k: 32, f: [1, 1], s: [2, 2], size: [9, 8] },
  'a window as large as the picture': { c: 16, k: 16, f: [6, 6], size: [6, 6] },
  'depthwise in blocks': { c: 32, k: 32, f: [3, 3], pads: [1, 1, 1, 1], group: 32 },
  'depthwise, not whole blocks': { c: 20, k: 20, f: [3, 3], group: 20 },
  'two groups': { c: 32, k: 32, f: [3, 3], group: 2 },
  'a batch of 13': { n: 13, c: 16, k: 16, f: [3, 3], pads: [1, 1, 1, 1] },
  'a batch of 24': { n: 24, c: 16, k: 20, f: [3, 3] },
  'a single picture': { n: 1, c: 16, k: 16, f: [3, 3] },
};

/** y, dx, dw and db of a CONV whose every output has a slope of its own. */
function convGraph(shape: Shape, target: Target): Graph {
  const { n = 16, c, k, f, s = [1, 1], d = [1, 1], pads = [0, 0, 0, 0], size = [7, 8], group = 1 } = shape;
  const graph = new GraphBuilder('conv', target);
  const x = graph.input('x', { dtype: 'float32', dims: [n, c, ...size] });
  const w = graph.input('w', { dtype: 'float32', dims: [k, c / group, ...f] });
  const b = graph.input('b', { dtype: 'float32', dims: [k] });
  const y = graph.add('Conv', [x, w, b], { kernel_shape: f, strides: s, pads, dilations: d, group });
  const slopes = graph.input('slopes', { dtype: 'float32', dims: graph.dims(y) });
  const all = graph.add('ReduceSum', [graph.add('Mul', [y, slopes], {}), graph.ints([0, 1, 2, 3])], { keepdims: 0 });
  const gradients = differentiate(graph, all, [x, w, b]);
  graph.output(y, 'y');
  for (const [value, gradient] of gradients) graph.output(gradient, `${value}.gradient`);
  return graph.build();
}

type Feeds = Readonly<Record<string, Array64>>;

/** Random numbers for every input: bytes for bytes, gaussian otherwise. */
function feedsFor(graph: Graph): Feeds {
  const random = randomStream(4, 'feeds');
  return Object.fromEntries(
    graph.inputs.map(({ name, type: { dtype, dims } }) => {
      const draw = () => (dtype === 'uint8' ? Math.floor(random.uniform() * 256) : random.gaussian());
      return [name, { dims, data: Float64Array.from({ length: elementCount(dims) }, draw) }];
    }),
  );
}

/** A network's first weights, a learning rate of 0.1, and a class for each picture. */
function initialFeeds(network: Network): Feeds {
  const classes = 10;
  const feeds: Record<string, Array64> = {
    [STEP.target]: {
      dims: [BATCH, classes],
      data: Float64Array.from({ length: BATCH * classes }, (_, i) =>
        Number(i % classes === Math.floor(i / classes) % classes),
      ),
    },
    [scalarName('learningRate')]: { dims: [], data: Float64Array.of(0.1) },
    [scalarName('momentum')]: { dims: [], data: Float64Array.of(0) },
  };
  for (const { name, spec } of namedTensors(propagate(network))) {
    const { dims, data } = initialTensor(name, spec, 1);
    feeds[name] = { dims, data: Float64Array.from(data) };
  }
  return feeds;
}

/** Relative errors of all that a graph answers, in blocks against plain. */
async function errorsOf(plain: Graph, blocked: Graph, given: Feeds = {}): Promise<readonly number[]> {
  const feeds = { ...feedsFor(plain), ...given };
  const expected = await runOrt(plain, feeds);
  const found = await runOrt(blocked, feeds);
  expect([...found.keys()]).toEqual([...expected.keys()]);
  return [...expected].map(([name, { dims, data }]) => {
    expect(found.get(name)!.dims, name).toEqual(dims);
    return relativeError(found.get(name)!.data, data);
  });
}

describe.skipIf(!hasLayout)('a CONV in blocks', () => {
  it.each(Object.entries(SHAPES))('%s', async (_name, shape) => {
    const lowered = toBlocked(convGraph(shape, blockedTarget), blockedTarget);
    for (const error of await errorsOf(convGraph(shape, CPU_TARGET), lowered)) expect(error).toBeLessThan(2e-5);
  });
});

describe.skipIf(!hasLayout)('the input gradient of a CONV with a stride', () => {
  const operators = (name: string) =>
    toBlocked(convGraph(SHAPES[name] as Shape, blockedTarget), blockedTarget).nodes.map(({ op }) => op);

  it.each([
    'stride 2, even picture',
    '5×5, stride 2',
    '1×1, stride 2, even picture',
    'stride 2 to half a block of filters',
    'stride 3, picture of its multiples',
    'a stride larger than the window',
  ])('%s: is one CONV, interleaved', (name) => expect(operators(name)).not.toContain('ConvTranspose'));

  it.each(['stride 2, odd picture', 'stride 3 with unread pixels', 'dilated and strided'])('%s: stays', (name) =>
    expect(operators(name)).toContain('ConvTranspose'),
  );
});

/** dw of a CONV in one form. */
function weightGradientGraph({ c, k, f, s, d, pads, size = [7, 8] }: Shape, n: number, form: Form, target: Target) {
  const graph = new GraphBuilder('weight-gradient', target);
  const x = graph.input('x', { dtype: 'float32', dims: [n, c, ...size] });
  const w = graph.input('w', { dtype: 'float32', dims: [k, c, ...f] });
  const attributes = {
    kernel_shape: f,
    strides: s ?? [1, 1],
    pads: pads ?? [0, 0, 0, 0],
    dilations: d ?? [1, 1],
    group: 1,
  };
  const y = graph.dims(graph.add('Conv', [x, w], attributes));
  const dy = graph.input('dy', { dtype: 'float32', dims: y });
  if (form === BLOCKED_FORMS.asPlanes && !fitsPlanes(graph, w, dy, attributes)) return undefined;
  graph.output(form(graph, x, w, dy, attributes), 'dw');
  return pruned(graph.build());
}

describe.skipIf(!hasLayout)('a weight gradient in blocks', () => {
  const shapes = Object.entries(SHAPES).filter(([, { group, n }]) => group === undefined && n === undefined);
  it.each(shapes)(
    '%s: in each form, for batches that fill a block, or are parted, or neither',
    async (_name, shape) => {
      for (const n of [1, 3, 16, 17, 20, 24, 32, 50]) {
        const plain = weightGradientGraph(shape, n, PLAIN_FORMS.asTaps, CPU_TARGET) as Graph;
        for (const [name, form] of Object.entries(BLOCKED_FORMS)) {
          const blocked = weightGradientGraph(shape, n, form, blockedTarget);
          if (blocked === undefined) continue;
          for (const error of await errorsOf(plain, blocked))
            expect(error, `${name}, ${n} pictures`).toBeLessThan(2e-5);
        }
      }
    },
  );

  it('planes are for batches that come apart into enough groups', () => {
    const fits = (n: number) =>
      weightGradientGraph({ c: 16, k: 16, f: [3, 3] }, n, BLOCKED_FORMS.asPlanes, blockedTarget) !== undefined;
    expect([1, 7, 15, 16, 24, 50, 64, 100, 128].filter((n) => !fits(n))).toEqual([]);
    expect([17, 34].filter(fits)).toEqual([]);
  });
});

const BATCH = 16;
const NETWORKS: Readonly<Record<string, () => Network>> = {
  'BATCH NORM, RELU and POOL': () =>
    chain(
      input(3, 12),
      ...([conv(16, 3, 1, 1), ['BatchNormalization'], ['ReLU'], ['MaxPooling2D']] as const),
      ...([conv(20, 3), ['BatchNormalization'], ['LeakyReLU'], ['AveragePooling2D']] as const),
      ...([['Flatten'], ['Dense', { units: 10 }], ['Softmax']] as const),
    ),
  'every activation': () =>
    chain(
      input(3, 8),
      ...(['ReLU', 'Sigmoid', 'Tanh', 'ELU', 'SELU', 'GELU', 'Softplus', 'PReLU', 'HardSigmoid'] as const).flatMap(
        (kind) => [conv(16, 3, 1, 1), [kind]] as const,
      ),
      ...([['GlobalAveragePooling2D'], ['Dense', { units: 10 }], ['Softmax']] as const),
    ),
  'LeNet-5': () => findTemplate('lenet5')!.create().network,
  "ConvNetJS's CIFAR-10": () => findTemplate('convnetjs-cifar10')!.create().network,
  'ResNet-20': () => findTemplate('resnet20')!.create().network,
};

describe.skipIf(!hasLayout)('a training step in blocks', () => {
  const step = (network: Network, target: Target) =>
    compileTraining(network, propagate(network), BATCH, target, undefined, true).graph;

  it.each(Object.entries(NETWORKS))('%s', { timeout: 30_000 }, async (_name, create) => {
    const network = create();
    const lowered = toBlocked(accumulateInGemm(step(network, blockedTarget), blockedTarget), blockedTarget);
    expect(lowered.nodes.some(({ op }) => op === 'NchwcConv')).toBe(true);
    const errors = await errorsOf(step(network, CPU_TARGET), lowered, initialFeeds(network));
    // Rounding may carry a single number over RELU's corner, which all gradients before it then tell.
    expect(Math.max(...errors)).toBeLessThan(2e-2);
    expect(errors.toSorted((a, b) => a - b)[Math.floor(errors.length / 2)]).toBeLessThan(1e-4);
  });

  it('keeps ResNet-20 in blocks from its first CONV to its last', () => {
    const network = NETWORKS['ResNet-20']!();
    const { graph } = compileTraining(network, propagate(network), BATCH, blockedTarget);
    const count = (op: string) => toBlocked(graph, blockedTarget).nodes.filter((node) => node.op === op).length;
    expect(count('Conv')).toBe(0);
    expect(count('Relu')).toBe(0);
    expect(count('BatchNormalization')).toBe(0);
    // Into the last pool; back from it; around the strided CONVs' input gradients.
    expect(count('ReorderOutput')).toBeLessThanOrEqual(8);
  });
});

it('is not read from a file', () => {
  const graph = new GraphBuilder('blocks', { ...CPU_TARGET, channelBlock: 16 });
  const x = graph.input('x', { dtype: 'float32', dims: [1, 16, 2, 2] });
  graph.output(graph.add('ReorderInput', [x], {}), 'y');
  expect(() => decodeGraph(encodeModel(graph.build()), 1)).toThrow(OnnxError);
});

it('a product that is only added to something adds to it', () => {
  const network = NETWORKS['LeNet-5']!();
  const { graph } = compileTraining(network, propagate(network), BATCH, CPU_TARGET);
  const products = accumulateInGemm(graph, CPU_TARGET).nodes.filter(({ op }) => op === 'Gemm');
  const velocities = products.filter(({ outputs }) => outputs[0]?.endsWith('.weight.velocity.next'));
  expect(velocities.map(({ outputs }) => outputs[0]).sort()).toEqual(
    ['fc1', 'fc2', 'fc3'].map((layer) => `${layer}.weight.velocity.next`),
  );
  for (const { inputs } of velocities) expect(inputs).toHaveLength(3);
});
