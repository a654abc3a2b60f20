/** The training process's side of its contract, over a channel in this process. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { InputOf } from '#contract/define.ts';
import type { EngineContract } from '#contract/engine.ts';
import type { Network } from '#core/network/network.ts';
import { readModel } from '#core/onnx/decode.ts';
import { formatDesign } from '#core/project/design-file.ts';
import { findTemplate } from '#core/templates/index.ts';
import { DEFAULT_TRAINING, type TrainingSettings } from '#core/training/settings.ts';
import { connectEngine, RUN } from '../../engine-client.ts';
import { writeDigits } from '../../idx-files.ts';
import { chain, conv, input } from '../../networks.ts';
import { sharedFolder, temporaryFolder } from '../../temporary.ts';

const folder = sharedFolder((path) => writeDigits(path, 110));

const small = chain(input(1, 28), conv(4, 5, 2), ['ReLU'], ['MaxPooling2D'], ['Flatten'], ['Dense'], ['Softmax']);

/** A network that draws random numbers and keeps running statistics. */
const withState = chain(
  input(1, 28),
  conv(4, 5, 2),
  ['BatchNormalization'],
  ['ReLU'],
  ['Flatten'],
  ['Dropout'],
  ['Dense'],
);

function designText(network: Network = small, training: Partial<TrainingSettings> = {}): string {
  const settings = { ...DEFAULT_TRAINING, epochs: 2, batchSize: 32, ...training };
  return formatDesign({ name: 'Test', network, training: settings, classLabels: [] });
}

/** A client of an engine, with what it heard. */
function connect() {
  const engine = connectEngine();
  const start = (given: Partial<InputOf<EngineContract, 'run.start'>> = {}) =>
    engine.client.call('run.start', {
      run: RUN,
      design: designText(),
      source: { type: 'folder', path: folder },
      ranges: {},
      device: 'cpu',
      ...given,
    });
  return { ...engine, start };
}

async function train(given: Partial<InputOf<EngineContract, 'run.start'>> = {}) {
  const engine = connect();
  const ended = engine.ends();
  await engine.start(given);
  await ended;
  return engine;
}

describe('a run', () => {
  it('goes over every image in every epoch, the last, smaller batch included', async () => {
    const { losses, epochs, statuses } = await train();
    // 99 images to train on: batches of 32, 32, 32 and 3, twice.
    expect(losses).toHaveLength(8);
    expect(epochs.map(({ epoch, step }) => [epoch, step])).toEqual([
      [1, 4],
      [2, 8],
    ]);
    expect(statuses).toEqual(['preparing', 'running', 'finished']);
  });

  it('says how it goes as numbers that make sense', async () => {
    const { losses, epochs } = await train({ design: designText(small, { epochs: 6, learningRate: 0.05 }) });
    expect(losses[0]).toBeGreaterThan(1.5);
    expect(epochs.at(-1)!.loss).toBeLessThan(epochs[0]!.loss);
    for (const { accuracy, valAccuracy, imagesPerSecond } of epochs) {
      expect(accuracy).toBeGreaterThanOrEqual(0);
      expect(accuracy).toBeLessThanOrEqual(1);
      expect(valAccuracy).toBeLessThanOrEqual(1);
      expect(imagesPerSecond).toBeGreaterThan(0);
    }
    // The mean over the epoch, each batch weighing as many images as it has.
    const [a, b, c, d] = losses as [number, number, number, number];
    expect(epochs[0]!.loss).toBeCloseTo((32 * (a + b + c) + 3 * d) / 99, 5);
  });

  it('gives the same losses for the same seed, bit for bit, and others for another', async () => {
    const design = (seed: number) => designText(withState, { seed });
    const [first, second, other] = [
      await train({ design: design(7) }),
      await train({ design: design(7) }),
      await train({ design: design(8) }),
    ];
    expect(second.losses).toEqual(first.losses);
    expect(second.epochs.map(({ valLoss }) => valLoss)).toEqual(first.epochs.map(({ valLoss }) => valLoss));
    expect(other.losses).not.toEqual(first.losses);
  });

  it('ends after a number of steps where one is given', async () => {
    const { losses, epochs } = await train({ steps: 6 });
    expect(losses).toHaveLength(6);
    expect(epochs.map(({ step }) => step)).toEqual([4, 6]);
  });

  it('trains on the range it is given, and validates on the other', async () => {
    const engine = connect();
    const plans: { trainCount: number; validateCount: number }[] = [];
    engine.client.on('run.plan', ({ plan }) => plans.push(plan));
    const ended = engine.reaches('finished');
    await engine.start({ ranges: { train: { begin: 0, end: 40 }, validate: { begin: 100, end: 110 } } });
    await ended;
    expect(plans).toMatchObject([{ trainCount: 40, validateCount: 10 }]);
  });

  it('pauses between two steps and goes on where it was', async () => {
    const whole = await train({ design: designText(small, { epochs: 30 }) });
    const engine = connect();
    const paused = engine.reaches('paused');
    const ended = engine.reaches('finished');
    let asked = false;
    engine.client.on('run.steps', () => {
      if (!asked) void engine.client.call('run.pause', { run: RUN });
      asked = true;
    });
    await engine.start({ design: designText(small, { epochs: 30 }) });
    await paused;
    expect(engine.statuses).toContain('pausing');
    // It is said when the step under way has ended; after that nothing more happens.
    const before = engine.losses.length;
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(engine.losses.length).toBe(before);
    expect(before).toBeLessThan(120);
    await engine.client.call('run.resume', { run: RUN });
    await ended;
    expect(engine.losses).toEqual(whole.losses);
  });

  it('stops after the step under way, with its weights kept', async () => {
    const engine = connect();
    const running = new Promise<void>((resolve) => {
      engine.client.on('run.steps', () => resolve());
    });
    await engine.start({ design: designText(small, { epochs: 10_000 }) });
    await running;
    await engine.client.call('run.stop', { run: RUN });
    expect(engine.statuses.at(-1)).toBe('stopped');
    const path = join(temporaryFolder(), 'model.onnx');
    const receipt = await engine.client.call('model.export', { design: designText(), path, weights: TRAINED });
    expect(receipt.weights).toBe('trained');
    expect(receipt.steps).toBeGreaterThan(0);
  });

  it('can be stopped while it is being prepared', async () => {
    const engine = connect();
    await engine.start();
    await engine.client.call('run.stop', { run: RUN });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(engine.statuses).not.toContain('running');
    expect(engine.losses).toEqual([]);
  });

  it('is replaced by the next one', async () => {
    const engine = connect();
    await engine.start({ design: designText(small, { epochs: 10_000 }) });
    await engine.reaches('running');
    const ended = engine.reaches('finished');
    await engine.start();
    await ended;
    expect(engine.losses).toHaveLength(8);
    expect(engine.statuses.slice(-5)).toEqual(['stopping', 'stopped', 'preparing', 'running', 'finished']);
  });

  it('streams filters and maps of one picture while it runs, and once more at the end', async () => {
    const engine = connect();
    const filters: Float32Array[] = [];
    const outputs: { step: number; label: number; sum: number; maps: string[] }[] = [];
    engine.client.on('run.filters', ({ banks }) => filters.push(banks[0]!.values));
    engine.client.on('run.activations', ({ step, label, output, volumes }) =>
      outputs.push({
        step,
        label,
        sum: output.reduce((total, value) => total + value, 0),
        maps: volumes.map(({ name, dims }) => `${name} ${dims}`),
      }),
    );
    await engine.client.call('run.watch', { run: RUN, filters: true, activations: [3] });
    const ended = engine.reaches('finished');
    await engine.start({ design: designText(small, { epochs: 40 }) });
    await ended;
    expect(filters.length).toBeGreaterThan(1);
    expect(filters.at(-1)).toHaveLength(4 * 25);
    expect(filters.at(-1)).not.toEqual(filters[0]);
    expect(outputs.at(-1)).toMatchObject({ step: 160, label: (99 + 3) % 10 });
    expect(outputs.at(-1)!.sum).toBeCloseTo(1, 4);
    expect(outputs.at(-1)!.maps).toEqual(['conv1 4,12,12', 'relu1 4,12,12', 'pool1 4,6,6']);
    // All weights of one CONV, as the enlarged view asks for them.
    const bank = await engine.client.call('run.filters', { run: RUN, layer: 'conv1' });
    expect(bank.values).toEqual(filters.at(-1));
  });
});

describe('a run that cannot be', () => {
  it.each([
    [
      'pictures of another size',
      chain(input(3, 32), ['Flatten'], ['Dense']),
      'INPUT takes images of 32×32×3; those of',
    ],
    [
      'too few outputs',
      chain(input(1, 28), ['Flatten'], ['Dense', { units: 4 }]),
      'has 10 classes; the network ends with 4 outputs (fc1). It needs one for each class.',
    ],
  ])('%s: says what to change', async (_, network, message) => {
    const engine = await train({ design: designText(network) });
    expect(engine.statuses.at(-1)).toBe('failed');
    expect(engine.message()).toContain(message);
  });

  it('a network with a problem is refused at once', async () => {
    const network = chain(input(1, 28), conv(4, 40), ['Flatten'], ['Dense']);
    await expect(connect().start({ design: designText(network) })).rejects.toThrow('cannot be trained yet. The window');
  });

  it('a damaged data set', async () => {
    const broken = temporaryFolder();
    writeDigits(broken, 20);
    const file = join(broken, 'train-images-idx3-ubyte');
    writeFileSync(file, readFileSync(file).subarray(0, 5000));
    const engine = await train({ source: { type: 'folder', path: broken } });
    expect(engine.message()).toContain('was cut off');
    // Once it is mended, the next start reads it anew.
    writeDigits(broken, 60);
    engine.statuses.length = 0;
    const ended = engine.reaches('finished');
    await engine.start({ source: { type: 'folder', path: broken } });
    await ended;
  });

  it('a loss that is no number any more: stops and says so', async () => {
    const linear = chain(input(1, 28), ['Flatten'], ['Dense', { units: 50 }], ['Dense']);
    const engine = await train({ design: designText(linear, { learningRate: 100, epochs: 20 }) });
    expect(engine.statuses.at(-1)).toBe('failed');
    expect(engine.message()).toMatch(
      /^(The (validation )?loss became (NaN|Infinity)|A weight became infinite or no number) at step \d+; it began in the .* fc[12] \(FC\)\. .*Lower the learning rate/,
    );
  });

  it('weights of another network', async () => {
    const path = join(temporaryFolder(), 'other.onnx');
    const engine = connect();
    const other = findTemplate('lenet5')!.create();
    await engine.client.call('model.export', { design: formatDesign(other), path });
    const ended = engine.reaches('failed');
    await engine.start({ from: path });
    await ended;
    expect(engine.message()).toContain(
      '"conv1.weight" is float32 [6, 1, 5, 5] in the file; the network needs float32 [4, 1, 5, 5]',
    );
  });
});

const TRAINED = { type: 'run', run: RUN } as const;

describe('an export', () => {
  it('holds first weights before training, trained ones after, and the file agrees with the app', async () => {
    const out = temporaryFolder();
    const engine = connect();
    const first = await engine.client.call('model.export', { design: designText(), path: join(out, 'first.onnx') });
    expect(first).toMatchObject({ weights: 'initial', steps: 0, images: 8 });
    const ended = engine.reaches('finished');
    await engine.start();
    await ended;
    const second = await engine.client.call('model.export', {
      design: designText(),
      path: join(out, 'second.onnx'),
      weights: TRAINED,
    });
    expect(second).toMatchObject({ weights: 'trained', steps: 8 });
    for (const { maxDifference, path, bytes } of [first, second]) {
      expect(maxDifference).toBeLessThan(1e-5);
      expect(readFileSync(path).length).toBe(bytes);
    }
    const weights = (name: string) => readModel(readFileSync(join(out, name))).tensors.get('fc1.weight')!.data;
    expect(weights('first.onnx')).not.toEqual(weights('second.onnx'));
  });

  it('of a design that was changed after training keeps what still fits, and says what does not', async () => {
    const engine = await train();
    const changed = chain(input(1, 28), conv(5, 5, 2), ['ReLU'], ['MaxPooling2D'], ['Flatten'], ['Dense'], ['Softmax']);
    const path = join(temporaryFolder(), 'changed.onnx');
    const request = { design: designText(changed), path, weights: TRAINED };
    expect(await engine.client.call('model.export', request)).toMatchObject({
      weights: 'partly',
      initialLayers: ['conv1', 'fc1'],
      steps: 8,
    });
  });

  it('trains on from where it was: export, train from it, export again', async () => {
    const path = join(temporaryFolder(), 'half.onnx');
    const engine = await train();
    await engine.client.call('model.export', { design: designText(), path, weights: TRAINED });
    const further = await train({ from: path, steps: 1 });
    expect(further.losses[0]).toBeLessThan(engine.losses[0]!);
  });

  it('is evaluated as the run was', async () => {
    const path = join(temporaryFolder(), 'model.onnx');
    const engine = await train({ design: designText(small, { epochs: 10, learningRate: 0.05 }) });
    await engine.client.call('model.export', { design: designText(), path, weights: TRAINED });
    const source = { type: 'folder', path: folder } as const;
    const result = await engine.client.call('model.evaluate', { path, source });
    expect(result.count).toBe(11);
    expect(result.accuracy).toBeCloseTo(engine.epochs.at(-1)!.valAccuracy, 6);
    expect(result.loss).toBeCloseTo(engine.epochs.at(-1)!.valLoss, 4);
  });

  it('carries running statistics: BATCH NORM is evaluated as it was validated', async () => {
    const path = join(temporaryFolder(), 'bn.onnx');
    const design = designText(withState, { epochs: 3 });
    const engine = await train({ design });
    const receipt = await engine.client.call('model.export', { design, path, weights: TRAINED });
    expect(receipt.maxDifference).toBeLessThan(1e-4);
    const result = await engine.client.call('model.evaluate', { path, source: { type: 'folder', path: folder } });
    expect(result.loss).toBeCloseTo(engine.epochs.at(-1)!.valLoss, 3);
    const mean = readModel(readFileSync(path)).tensors.get('bn1.running_mean')!.data as Float32Array;
    expect(mean.some((value) => value !== 0)).toBe(true);
  });

  it('that is no model cannot be evaluated', async () => {
    const path = join(temporaryFolder(), 'text.onnx');
    writeFileSync(path, 'no model');
    const source = { type: 'folder', path: folder } as const;
    await expect(connect().client.call('model.evaluate', { path, source })).rejects.toThrow(
      'cannot be opened as an ONNX model',
    );
  });
});

describe('data sets', () => {
  it('are described and shown', async () => {
    const { client } = connect();
    const source = { type: 'folder', path: folder } as const;
    expect(await client.call('data.describe', { source })).toMatchObject({
      count: 110,
      shape: [1, 28, 28],
      train: { begin: 0, end: 99 },
      validate: { begin: 99, end: 110 },
    });
    const samples = await client.call('data.samples', { source, begin: 105, count: 10 });
    expect(samples.labels).toEqual([5, 6, 7, 8, 9]);
    expect(samples.pixels).toHaveLength(5 * 784);
  });
});
