/** A data set that stays on the device: pictures are named, not fed, and come to the same. */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '#core/onnx/builder.ts';
import type { Graph } from '#core/onnx/graph.ts';
import { formatDesign } from '#core/project/design-file.ts';
import { DEFAULT_TRAINING } from '#core/training/settings.ts';
import { packedLength, packPixels, STORED, takePictures } from '#core/training/stored-set.ts';
import { Batcher } from '#main/datasets/batches.ts';
import { builtInDigits } from '#main/datasets/digits/index.ts';
import type { ImageSet } from '#main/datasets/image-set.ts';
import { backend } from '#main/training/backend.ts';
import type { Backend } from '#main/training/backends/define.ts';
import { withTensorFlow } from '#main/training/backends/tensorflow.ts';
import { initialValues, readDesign } from '#main/training/compiled-design.ts';
import { Trainer } from '#main/training/trainer.ts';
import { chain, conv, input } from '../../networks.ts';
import { evaluate } from '../../oracle/reference.ts';

const cpu = backend('cpu');
const set = builtInDigits();
const BATCH = 12;

const network = chain(input(1, 28), conv(4, 5, 2), ['ReLU'], ['MaxPooling2D'], ['Flatten'], ['Dense'], ['Softmax']);

interface Seen {
  /** Inputs of all sessions, in the order in which they were made. */
  readonly inputs: (readonly string[])[];
}

/** The CPU, as if it were a device with a memory of its own. */
function device(seen: Seen, change: (graph: Graph) => Graph = (graph) => graph): Backend {
  return {
    ...cpu,
    name: 'webgpu',
    inMemory: false,
    createSession: (graph, wishes) => {
      seen.inputs.push(graph.inputs.map(({ name }) => name));
      return cpu.createSession(change(graph), wishes);
    },
  };
}

async function train(where: Backend, store: boolean) {
  const training = { ...DEFAULT_TRAINING, learningRate: 0.05 };
  const compiled = readDesign(formatDesign({ name: 'Stored', network, training, classLabels: [] }));
  const trainer = new Trainer(compiled.design.network, compiled.report, initialValues(compiled), where, training);
  try {
    const said = store ? await trainer.store(set) : '';
    const batcher = new Batcher(set, 10);
    const order = Uint32Array.from({ length: set.count }, (_, i) => (i * 7) % set.count);
    const losses: number[] = [];
    for (let i = 0; i < 3; i++) {
      losses.push((await trainer.step(batcher.fill(order, i * BATCH, BATCH), training, i)).loss);
    }
    losses.push((await trainer.evaluate(batcher.fill(order, 50, 20))).loss);
    return { said, losses, mostAtOnce: trainer.mostAtOnce };
  } finally {
    await trainer.dispose();
  }
}

describe('pictures packed into numbers', () => {
  it.each([
    [1, 28, 28],
    [3, 5, 5],
    [1, 2, 4],
    [1, 1, 1],
  ])('%i×%i×%i: come out as they went in, in any order', (...shape) => {
    const each = shape[0] * shape[1] * shape[2];
    const pixels = Uint8Array.from({ length: 256 * each }, (_, i) => (i * 37 + (i >> 8)) % 256);
    const packed = packPixels(pixels, each);
    expect(packed).toHaveLength(256 * packedLength(each));
    const graph = new GraphBuilder('taken');
    const stored = graph.input(STORED.set, { dtype: 'float32', dims: [256, packedLength(each)] });
    const chosen = graph.input(STORED.pictures, { dtype: 'int32', dims: [4] });
    graph.output(takePictures(graph, stored, chosen, shape), 'pictures');
    const pictures = [255, 0, 17, 17];
    const found = evaluate(graph.build(), {
      [STORED.set]: { dims: [256, packedLength(each)], data: Float64Array.from(packed) },
      [STORED.pictures]: { dims: [4], data: Float64Array.from(pictures) },
    }).get('pictures')!;
    expect(found.dims).toEqual([4, ...shape]);
    const expected = pictures.flatMap((picture) => [...pixels.subarray(picture * each, (picture + 1) * each)]);
    expect([...found.data]).toEqual(expected);
  });
});

describe('a data set on a device', () => {
  it('is named picture by picture while training and evaluating, to the same losses', async () => {
    const seen: Seen = { inputs: [] };
    const [stored, fed] = [await train(device(seen), true), await train(cpu, false)];
    expect(stored.said).toMatch(/^the data set stays on it \(/);
    expect(stored.losses).toEqual(fed.losses);
    expect(seen.inputs.filter((names) => names.includes(STORED.pictures))).toHaveLength(3); // compared, trained, evaluated
    expect(seen.inputs.flat()).not.toContain('pixels');
  });

  it('is not put where the device is the memory of this process', async () => {
    expect((await train(cpu, true)).said).toBe('');
  });

  it('is fed where the device gives back other pictures than it was given', async () => {
    const lying = device({ inputs: [] }, (graph) => ({
      ...graph,
      nodes: graph.nodes.map((node) => (node.op === 'Floor' ? { ...node, op: 'Identity' as const } : node)),
    }));
    const { said, losses } = await train(lying, true);
    expect(said).toBe('the data set is fed batch by batch: it gives back other pictures');
    expect(losses).toEqual((await train(cpu, false)).losses);
  });

  it('is fed where it is too large for the device, and that is said', async () => {
    const compiled = readDesign(formatDesign({ name: 'S', network, training: DEFAULT_TRAINING, classLabels: [] }));
    const trainer = new Trainer(network, compiled.report, initialValues(compiled), device({ inputs: [] }));
    const huge: ImageSet = { ...set, shape: [3, 224, 224], count: 50_000, pixels: new Uint8Array() };
    expect(await trainer.store(huge)).toMatch(/too large to stay on the device/);
    await trainer.dispose();
  });

  it('goes before batches are parted when memory runs out', async () => {
    const full = device({ inputs: [] }, (graph) => {
      if (graph.name === 'training-step' && graph.inputs.some(({ name }) => name === STORED.set)) {
        throw new Error('Failed to allocate memory for requested buffer of size 123456789');
      }
      return graph;
    });
    const { said, losses, mostAtOnce } = await train(full, true);
    expect(said).toMatch(/^the data set stays on it/);
    expect(mostAtOnce).toBeUndefined();
    expect(losses).toEqual((await train(cpu, false)).losses);
  });

  it('with TensorFlow too', { timeout: 60_000 }, async () => {
    const tensorflow = withTensorFlow(
      () => tf,
      () => '',
    );
    const [stored, fed] = [await train(tensorflow, true), await train(tensorflow, false)];
    expect(stored.said).toMatch(/^the data set stays on it/);
    expect(stored.losses).toEqual(fed.losses);
  });
});
