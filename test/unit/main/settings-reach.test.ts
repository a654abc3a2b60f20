/** Every setting set to something else than its default changes the run, and goes into the exported file. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { METADATA } from '#core/export/onnx.ts';
import type { FieldValue } from '#core/layers/fields.ts';
import { applyEdit } from '#core/network/edits.ts';
import { readModel } from '#core/onnx/decode.ts';
import { formatDesign, parseDesign } from '#core/project/design-file.ts';
import { DEFAULT_TRAINING, type TrainingSettings } from '#core/training/settings.ts';
import { connectEngine, RUN } from '../../engine-client.ts';
import { writeDigits } from '../../idx-files.ts';
import { chain, conv, input } from '../../networks.ts';
import { sharedFolder, temporaryFolder } from '../../temporary.ts';

const data = sharedFolder((path) => writeDigits(path, 60));

const network = chain(input(1, 28), conv(4, 5, 2), ['ReLU'], ['MaxPooling2D'], ['Flatten'], ['Dense'], ['Softmax']);
const BASE = { ...DEFAULT_TRAINING, epochs: 3, batchSize: 16 };

/** Trains, and answers what came of it: every loss, and the weights as the exported file has them. */
async function run(training: TrainingSettings, of = network) {
  const design = formatDesign({ name: 'Test', network: of, training, classLabels: [] });
  const engine = connectEngine();
  const path = join(temporaryFolder(), 'model.onnx');
  await engine.client.call('run.start', {
    run: RUN,
    design,
    source: { type: 'folder', path: data },
    ranges: {},
    device: 'cpu',
  });
  await engine.ends();
  expect(engine.statuses.at(-1), engine.message()).toBe('finished');
  await engine.client.call('model.export', { design, path, weights: { type: 'run', run: RUN } });
  const model = readModel(readFileSync(path));
  const weights = (name: string) => [...(model.tensors.get(name)!.data as Float32Array)];
  const kept = parseDesign(model.metadata.get(METADATA.design)!);
  return { losses: [...engine.losses], weights, kept };
}

interface Change {
  readonly value: FieldValue;
  /** Settings without which this one means nothing. */
  readonly with?: Partial<TrainingSettings>;
}

/** One change for every setting: a new one that is forgotten here does not compile. */
const CHANGES: { readonly [S in keyof TrainingSettings]: Change } = {
  epochs: { value: 4 },
  batchSize: { value: 10 },
  learningRate: { value: 0.01 },
  loss: { value: 'hinge' },
  optimizer: { value: 'adam' },
  momentum: { value: 0.5 },
  weightDecay: { value: 0.1 },
  l1Decay: { value: 0.01 },
  beta1: { value: 0.5, with: { optimizer: 'adam' } },
  beta2: { value: 0.9, with: { optimizer: 'adamw' } },
  rho: { value: 0.5, with: { optimizer: 'rmsprop', learningRate: 0.001 } },
  epsilon: { value: 0.1, with: { optimizer: 'adagrad' } },
  schedule: { value: 'cosine' },
  decayFactor: { value: 0.5, with: { schedule: 'step', decayEvery: 1 } },
  decayEvery: { value: 2, with: { schedule: 'exponential' } },
  patience: { value: 1, with: { schedule: 'plateau', learningRate: 0.3, epochs: 8 } },
  warmupEpochs: { value: 2 },
  labelSmoothing: { value: 0.2 },
  clipNorm: { value: 0.05 },
  stopEpoch: { value: 2 },
  earlyStopping: { value: 1, with: { learningRate: 0.3, epochs: 12 } },
  restoreBest: { value: true, with: { learningRate: 0.3, epochs: 8 } },
  cropPadding: { value: 3 },
  flip: { value: true },
  shift: { value: 0.2 },
  rotation: { value: 30 },
  zoom: { value: 0.3 },
  brightness: { value: 0.3 },
  contrast: { value: 0.3 },
  cutout: { value: 8 },
  mixup: { value: 0.4 },
  seed: { value: 2 },
  shuffle: { value: false },
};

describe('a training setting', () => {
  it.each(Object.entries(CHANGES))('%s changes the run and stands in the exported file', async (name, change) => {
    const settings = { ...BASE, ...change.with };
    expect(change.value).not.toEqual(settings[name as keyof TrainingSettings]);
    const [without, changed] = [await run(settings), await run({ ...settings, [name]: change.value })];
    const seen = ({ losses, weights }: Awaited<ReturnType<typeof run>>) => [losses, weights('fc1.weight')];
    expect(seen(changed)).not.toEqual(seen(without));
    expect(changed.kept.training[name as keyof TrainingSettings]).toEqual(change.value);
  });
});

describe('how a layer learns', () => {
  const withFields = (layer: string, fields: Record<string, FieldValue>) =>
    applyEdit(network, { type: 'set-fields', layer, fields });
  const decaying = { ...BASE, weightDecay: 0.5 };
  const first = (of = network) => run({ ...BASE, stopEpoch: 1, learningRate: 0 }, of);

  it('frozen, it keeps its first weights while others learn', async () => {
    const before = await first();
    const after = await run(decaying, withFields('conv1', { trainable: false }));
    expect(after.weights('conv1.weight')).toEqual(before.weights('conv1.weight'));
    expect(after.weights('conv1.bias')).toEqual(before.weights('conv1.bias'));
    expect(after.weights('fc1.weight')).not.toEqual(before.weights('fc1.weight'));
    expect(after.kept.network.layers.get('conv1')!.fields['trainable']).toBe(false);
  });

  it('multipliers scale the learning rate and the decay of weights and biases, each for itself', async () => {
    const before = await first();
    const still = await run(BASE, withFields('conv1', { learningRateMultiplier: 0 }));
    expect(still.weights('conv1.weight')).toEqual(before.weights('conv1.weight'));
    expect(still.weights('conv1.bias')).not.toEqual(before.weights('conv1.bias'));
    const stillBias = await run(BASE, withFields('conv1', { biasLearningRateMultiplier: 0 }));
    expect(stillBias.weights('conv1.bias')).toEqual(before.weights('conv1.bias'));
    expect(stillBias.weights('conv1.weight')).not.toEqual(before.weights('conv1.weight'));
    const [decayed, spared, sparedBias] = [
      await run(decaying),
      await run(decaying, withFields('conv1', { decayMultiplier: 0 })),
      await run(decaying, withFields('conv1', { biasDecayMultiplier: 0 })),
    ];
    const size = (values: readonly number[]) => Math.hypot(...values);
    expect(size(spared.weights('conv1.weight'))).toBeGreaterThan(1.1 * size(decayed.weights('conv1.weight')));
    expect(sparedBias.weights('conv1.bias')).not.toEqual(decayed.weights('conv1.bias'));
  });

  it('a rate twice as high in the settings and half as high in the layers is the same', async () => {
    const halves = ['conv1', 'fc1'].reduce(
      (of, layer) =>
        applyEdit(of, {
          type: 'set-fields',
          layer,
          fields: { learningRateMultiplier: 0.5, biasLearningRateMultiplier: 0.5 },
        }),
      network,
    );
    const [plain, scaled] = [await run(BASE), await run({ ...BASE, learningRate: 2 * BASE.learningRate }, halves)];
    scaled.losses.forEach((loss, i) => {
      expect(loss).toBeCloseTo(plain.losses[i]!, 5);
    });
  });

  it('a frozen BATCH NORM uses its running statistics and leaves them alone', async () => {
    const normed = chain(input(1, 28), conv(4, 5, 2), ['BatchNormalization'], ['ReLU'], ['Flatten'], ['Dense']);
    const frozen = applyEdit(normed, { type: 'set-fields', layer: 'bn1', fields: { trainable: false } });
    const after = await run(BASE, frozen);
    expect(after.weights('bn1.running_mean')).toEqual([0, 0, 0, 0]);
    expect(after.weights('bn1.weight')).toEqual([1, 1, 1, 1]);
    expect((await run(BASE, normed)).weights('bn1.running_mean')).not.toEqual([0, 0, 0, 0]);
  });

  it('nothing that learns is refused in words', async () => {
    const frozen = ['conv1', 'fc1'].reduce(
      (of, layer) => applyEdit(of, { type: 'set-fields', layer, fields: { trainable: false } }),
      network,
    );
    await expect(run(BASE, frozen)).rejects.toThrow('Nothing here learns');
  });
});

describe('first weights', () => {
  const weightsWith = async (fields: Record<string, FieldValue>) => {
    const path = join(temporaryFolder(), 'first.onnx');
    const of = applyEdit(network, { type: 'set-fields', layer: 'fc1', fields });
    const design = formatDesign({ name: 'Test', network: of, training: BASE, classLabels: [] });
    await connectEngine().client.call('model.export', { design, path });
    const tensor = readModel(readFileSync(path)).tensors.get('fc1.weight')!;
    return { dims: tensor.dims, data: tensor.data as Float32Array };
  };
  const mean = (values: ArrayLike<number>) => Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

  it('uniform lie within the limit, evenly', async () => {
    const { data: found } = await weightsWith({ initializer: 'uniform', initializerLimit: 0.2 });
    expect(Math.max(...found.map(Math.abs))).toBeLessThan(0.2);
    expect(Math.max(...found.map(Math.abs))).toBeGreaterThan(0.19);
    expect(Math.sqrt(mean(found.map((value) => value * value)))).toBeCloseTo(0.2 / Math.sqrt(3), 2);
  });

  it('constant are the value', async () => {
    const { data: found } = await weightsWith({ initializer: 'constant', initializerValue: 0.25 });
    expect(new Set(found)).toEqual(new Set([0.25]));
  });

  it('orthogonal: every two units at right angles, each as long as the gain', async () => {
    const { dims, data: found } = await weightsWith({ initializer: 'orthogonal', initializerGain: 1.5 });
    const [units, inputs] = dims as readonly [number, number];
    for (let a = 0; a < units; a++) {
      for (let b = 0; b <= a; b++) {
        let dot = 0;
        for (let i = 0; i < inputs; i++) dot += found[a * inputs + i]! * found[b * inputs + i]!;
        expect(dot).toBeCloseTo(a === b ? 2.25 : 0, 5);
      }
    }
  });

  it('orthogonal that would take minutes are refused in words', async () => {
    const wide = chain(input(3, 32), ['Flatten'], ['Dense', { units: 4096, initializer: 'orthogonal' }], ['Dense']);
    const design = formatDesign({ name: 'Test', network: wide, training: BASE, classLabels: [] });
    const path = join(temporaryFolder(), 'first.onnx');
    await expect(connectEngine().client.call('model.export', { design, path })).rejects.toThrow('would take minutes');
  });
});
