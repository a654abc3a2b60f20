/**
 * The TensorFlow engine with TensorFlow.js's own JavaScript backend: the same designs, weights and pictures give the losses
 * that ONNX Runtime gives. An oracle by other people for every step that is compiled here.
 */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import type { Network } from '#core/network/network.ts';
import { formatDesign } from '#core/project/design-file.ts';
import { randomStream } from '#core/random.ts';
import { findTemplate } from '#core/templates/index.ts';
import { DEFAULT_TRAINING } from '#core/training/settings.ts';
import { Batcher } from '#main/datasets/batches.ts';
import type { ImageSet } from '#main/datasets/image-set.ts';
import { backend } from '#main/training/backend.ts';
import type { Backend } from '#main/training/backends/define.ts';
import { withTensorFlow } from '#main/training/backends/tensorflow.ts';
import { initialValues, readDesign } from '#main/training/compiled-design.ts';
import { Trainer } from '#main/training/trainer.ts';
import { compareWithCpu } from '#main/training/trust.ts';
import { chain, conv, input } from '../../networks.ts';

const cpu = backend('cpu');
const tensorflow = withTensorFlow(
  () => tf,
  () => '',
);
const BATCH = 4;
const CLASSES = 10;

function pictures(channels: number, side: number): ImageSet {
  const random = randomStream(1, 'pictures');
  const pixels = Uint8Array.from({ length: BATCH * channels * side * side }, () => random.below(256));
  const labels = Uint16Array.from({ length: BATCH }, (_, i) => i);
  const classNames = Array.from({ length: CLASSES }, (_, i) => String(i));
  return { name: 'random', shape: [channels, side, side], count: BATCH, pixels, labels, classNames };
}

async function losses(network: Network, set: ImageSet, steps: number, where: Backend): Promise<number[]> {
  const training = { ...DEFAULT_TRAINING, learningRate: 0.01, batchSize: BATCH };
  const compiled = readDesign(formatDesign({ name: 'Compared', network, training, classLabels: [] }));
  const trainer = new Trainer(compiled.design.network, compiled.report, initialValues(compiled), where, training);
  const batch = new Batcher(set, CLASSES).fill(
    Uint32Array.from({ length: BATCH }, (_, i) => i),
    0,
    BATCH,
  );
  const found: number[] = [];
  try {
    for (let i = 0; i < steps; i++) found.push((await trainer.step(batch, training, i)).loss);
    found.push((await trainer.evaluate(batch)).loss);
  } finally {
    await trainer.dispose();
  }
  return found;
}

const TEMPLATES: readonly (readonly [id: string, channels: number, side: number, steps: number])[] = [
  ['lenet5', 1, 28, 3],
  ['convnetjs-cifar10', 3, 32, 2],
  ['resnet20', 3, 32, 1],
];

const layersOf = (...kinds: readonly string[]): Network =>
  chain(
    input(2, 9),
    ...kinds.flatMap((kind) => [conv(4, 3, 1, 1), [kind] as const]),
    ['Flatten'],
    ['Dense'],
    ['Softmax'],
  );

const NETWORKS: Readonly<Record<string, Network>> = {
  'activations that saturate': layersOf('Sigmoid', 'Tanh', 'HardSigmoid', 'HardTanh', 'Softsign'),
  'activations that do not': layersOf('LeakyReLU', 'ELU', 'SELU', 'GELU', 'Softplus', 'PReLU'),
  normalisation: layersOf('BatchNormalization', 'LocalResponseNormalization'),
  'strided, dilated, grouped and depthwise CONV': chain(
    input(2, 11),
    ['Conv2D', { filters: 4, kernelSize: 3, strides: 2, padding: 1 }],
    ['Conv2D', { filters: 4, kernelSize: 2, dilation: 2, groups: 2 }],
    ['DepthwiseConv2D'],
    ['UpSampling2D'],
    ['AveragePooling2D'],
    ['Flatten'],
    ['Dense'],
    ['Softmax'],
  ),
  'overlapping and padded POOL, DROPOUT': chain(
    input(2, 9),
    conv(3, 3),
    ['MaxPooling2D', { poolSize: 3, strides: 2, padding: 1 }],
    ['AveragePooling2D', { poolSize: 3, strides: 1, padding: 1 }],
    ['Dropout', { rate: 0.3 }],
    ['GlobalAveragePooling2D'],
    ['Dense'],
    ['Softmax'],
  ),
};

describe('TensorFlow gives the losses that ONNX Runtime gives', () => {
  it.each(TEMPLATES)('%s', { timeout: 120_000 }, async (id, channels, side, steps) => {
    const { network } = findTemplate(id)!.create();
    const set = pictures(channels, side);
    const [expected, found] = [await losses(network, set, steps, cpu), await losses(network, set, steps, tensorflow)];
    expect(found).toEqual(expected.map((loss) => expect.closeTo(loss, 4)));
  });

  it.each(Object.entries(NETWORKS))('%s', { timeout: 60_000 }, async (_name, network) => {
    const [layer] = [...network.layers.values()];
    const set = pictures(2, layer!.fields['height'] as number);
    const [expected, found] = [await losses(network, set, 3, cpu), await losses(network, set, 3, tensorflow)];
    expect(found).toEqual(expected.map((loss) => expect.closeTo(loss, 4)));
  });

  it('passes the gate that every device passes before a run', { timeout: 60_000 }, async () => {
    const compiled = readDesign(formatDesign(findTemplate('lenet5')!.create()));
    const values = initialValues(compiled);
    const verdict = await compareWithCpu(compiled, pictures(1, 28), CLASSES, values, tensorflow, cpu);
    expect(verdict).toMatchObject({ agrees: true });
  });

  it('gives back every tensor', async () => {
    await losses(layersOf('ReLU'), pictures(2, 9), 1, tensorflow);
    const before = tf.memory().numTensors;
    await losses(layersOf('ReLU'), pictures(2, 9), 3, tensorflow);
    expect(tf.memory().numTensors).toBe(before);
  });
});
