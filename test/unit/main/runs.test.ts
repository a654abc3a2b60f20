/** A run's folder: what is kept, how a run goes on from it, and what is survived. */
import { cpSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { InputOf } from '#contract/define.ts';
import type { EngineContract } from '#contract/engine.ts';
import type { Network } from '#core/network/network.ts';
import { formatDesign } from '#core/project/design-file.ts';
import { DEFAULT_TRAINING, type TrainingSettings } from '#core/training/settings.ts';
import { readTensors, writeTensors } from '#main/files/safetensors.ts';
import { readMetrics } from '#main/runs/metrics.ts';
import { RunFolder } from '#main/runs/run-folder.ts';
import { connectEngine, RUN } from '../../engine-client.ts';
import { writeDigits } from '../../idx-files.ts';
import { chain, conv, input } from '../../networks.ts';
import { sharedFolder, temporaryFolder } from '../../temporary.ts';

const data = sharedFolder((path) => writeDigits(path, 110));

/** All that has state of its own while training: running statistics, random masks, moments, a plateau, mixed pictures. */
const stateful = chain(
  input(1, 28),
  conv(4, 5, 2),
  ['BatchNormalization'],
  ['ReLU'],
  ['Flatten'],
  ['Dropout'],
  ['Dense'],
  ['Softmax'],
);
const settings: TrainingSettings = {
  ...DEFAULT_TRAINING,
  epochs: 8,
  batchSize: 32,
  learningRate: 0.01,
  optimizer: 'adam',
  schedule: 'plateau',
  patience: 1,
  decayFactor: 0.5,
  warmupEpochs: 1.5,
  flip: true,
  shift: 0.1,
  rotation: 10,
  mixup: 0.2,
};

function designText(training: Partial<TrainingSettings> = {}, network: Network = stateful): string {
  return formatDesign({ name: 'Test', network, training: { ...settings, ...training }, classLabels: [] });
}

type Start = InputOf<EngineContract, 'run.start'>;
function request(given: Partial<Start> = {}): Start {
  return {
    run: RUN,
    design: designText(),
    source: { type: 'folder', path: data },
    ranges: {},
    device: 'cpu',
    ...given,
  };
}

async function train(given: Partial<Start> = {}) {
  const engine = connectEngine();
  await engine.client.call('run.start', request(given));
  await engine.ends();
  return engine;
}

async function resume(folder: string) {
  const engine = connectEngine();
  await engine.client.call('run.continue', { run: RUN, folder });
  await engine.ends();
  return engine;
}

async function metricsOf(folder: string) {
  const all = [];
  for await (const metric of readMetrics(new RunFolder(folder).metrics)) all.push(metric);
  return {
    losses: all.flatMap((metric) => (metric.event === 'step' ? [metric.loss] : [])),
    epochs: all.flatMap((metric) => (metric.event === 'epoch' ? [[metric.epoch, metric.loss, metric.valLoss]] : [])),
    last: all.at(-1),
  };
}

/** Trains, and stops after so many steps. */
async function trainUntil(step: number, folder: string, given: Partial<Start> = {}) {
  const engine = connectEngine();
  engine.client.on('run.steps', ({ first, losses }) => {
    if (first + losses.length > step) void engine.client.call('run.stop', { run: RUN });
  });
  await engine.client.call('run.start', request({ folder, ...given }));
  await engine.ends();
}

describe('a run in a folder', { timeout: 30_000 }, () => {
  it('leaves design, fingerprint, metrics and a checkpoint', async () => {
    const folder = join(temporaryFolder(), 'run');
    const engine = await train({ folder, steps: 6 });
    const { info, design } = await new RunFolder(folder).open();
    expect(design).toBe(designText());
    expect(info.fingerprint).toMatchObject({ seed: 1, device: 'cpu', data: { count: 110 } });
    expect(info.fingerprint.data.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(info.fingerprint.versions['onnxruntime']).toBe('1.30.0');
    expect(info).toMatchObject({
      steps: 6,
      ranges: { train: { begin: 0, end: 99 }, validate: { begin: 99, end: 110 } },
    });
    const { losses, last } = await metricsOf(folder);
    expect(losses).toEqual(engine.losses);
    expect(last).toEqual({ event: 'end', status: 'finished', message: '' });
    const { tensors, metadata } = await readTensors(join(folder, 'checkpoint.safetensors'));
    expect([...tensors.keys()]).toEqual(
      expect.arrayContaining(['conv1.weight', 'conv1.weight.mean', 'conv1.weight.squares', 'bn1.running_var']),
    );
    expect(JSON.parse(metadata['position']!)).toMatchObject({ step: 6, epoch: 3 });
  });

  it('is not written over', async () => {
    const folder = join(temporaryFolder(), 'run');
    await train({ folder, steps: 1 });
    const engine = await train({ folder });
    expect(engine.message()).toContain('already holds a run');
  });

  it('goes on after a stop as if there had been none, bit for bit, however often', async () => {
    const [whole, pieces] = [join(temporaryFolder(), 'whole'), join(temporaryFolder(), 'pieces')];
    await train({ folder: whole });
    await trainUntil(5, pieces);
    const stopped = (await metricsOf(pieces)).losses.length;
    expect(stopped).toBeLessThan(32);
    // Once more in the middle of an epoch.
    const again = connectEngine();
    again.client.on('run.steps', ({ first }) => {
      if (first >= 14) void again.client.call('run.stop', { run: RUN });
    });
    await again.client.call('run.continue', { run: RUN, folder: pieces });
    await again.ends();
    await resume(pieces);
    const [expected, found] = [await metricsOf(whole), await metricsOf(pieces)];
    expect(found.losses).toHaveLength(32);
    expect(found.losses).toEqual(expected.losses);
    expect(found.epochs).toEqual(expected.epochs);
    const weights = async (folder: string) => (await new RunFolder(folder).latest())!.values;
    expect(await weights(pieces)).toEqual(await weights(whole));
  });

  it('is in a checkpoint while it is paused, and goes on from there elsewhere', async () => {
    const [whole, paused] = [join(temporaryFolder(), 'whole'), join(temporaryFolder(), 'paused')];
    await train({ folder: whole });
    const engine = connectEngine();
    engine.client.on('run.steps', ({ first }) => {
      if (first > 6) void engine.client.call('run.pause', { run: RUN });
    });
    const saved = new Promise<number>((resolve) => {
      engine.client.on('run.saved', ({ step }) => {
        if (engine.statuses.at(-1) === 'paused') resolve(step);
      });
    });
    await engine.client.call('run.start', request({ folder: paused }));
    const step = await saved;
    expect((await new RunFolder(paused).latest())!.position.step).toBe(step);
    expect(step).toBeGreaterThan(5);
    // The folder as a kill of the first engine would leave it, but for its lock.
    const killed = join(temporaryFolder(), 'killed');
    cpSync(paused, killed, { recursive: true });
    rmSync(join(killed, 'lock'));
    const other = await resume(killed);
    expect(other.losses).toHaveLength(32 - step);
    expect((await metricsOf(killed)).losses).toEqual((await metricsOf(whole)).losses);
    // The first engine still has the folder itself.
    expect((await resume(paused)).message()).toContain('is under way already');
  });

  it('that was killed is read up to its torn line, and goes on from the checkpoint before a damaged one', async () => {
    const [whole, killed] = [join(temporaryFolder(), 'whole'), join(temporaryFolder(), 'killed')];
    await train({ folder: whole });
    await trainUntil(9, killed);
    // Killed while writing a line, with a checkpoint that never came to its end.
    writeFileSync(join(killed, 'metrics.jsonl'), '{"event":"step","step":99', { flag: 'a' });
    const checkpoint = new RunFolder(killed).checkpoint;
    truncateSync(checkpoint, statSync(checkpoint).size - 100);
    const before = (await new RunFolder(killed).latest())!.position.step;
    expect(await new RunFolder(whole).savedStep()).toBe(32);
    expect(before).toBeGreaterThan(0);
    await resume(killed);
    expect((await metricsOf(killed)).losses).toEqual((await metricsOf(whole)).losses);
  });

  it('goes on from its beginning where both checkpoints are damaged', async () => {
    const [whole, killed] = [join(temporaryFolder(), 'whole'), join(temporaryFolder(), 'killed')];
    await train({ folder: whole, steps: 9 });
    await trainUntil(5, killed, { steps: 9 });
    for (const name of ['checkpoint.safetensors', 'checkpoint.previous.safetensors']) {
      writeFileSync(join(killed, name), 'nothing');
    }
    const engine = await resume(killed);
    expect(engine.losses).toEqual((await metricsOf(whole)).losses);
  });

  it('that began with the weights of a file goes on from those', async () => {
    const [whole, killed] = [join(temporaryFolder(), 'whole'), join(temporaryFolder(), 'killed')];
    const from = join(temporaryFolder(), 'from.onnx');
    await connectEngine().client.call('model.export', { design: designText({ seed: 5 }), path: from });
    await train({ folder: whole, from, steps: 3 });
    await trainUntil(1, killed, { from, steps: 3 });
    await resume(killed);
    expect((await metricsOf(killed)).losses).toEqual((await metricsOf(whole)).losses);
  });

  it('is refused where the pictures are others', async () => {
    const folder = join(temporaryFolder(), 'run');
    const own = temporaryFolder();
    writeDigits(own, 110);
    await trainUntil(3, folder, { source: { type: 'folder', path: own } });
    writeDigits(own, 90);
    const engine = await resume(folder);
    expect(engine.message()).toContain('is not what this run began with (110 images');
  });

  it('is refused while another process trains it', async () => {
    const folder = join(temporaryFolder(), 'run');
    await trainUntil(3, folder);
    writeFileSync(join(folder, 'lock'), String(process.ppid));
    expect((await resume(folder)).message()).toContain(`under way in another process (${process.ppid})`);
    // The lock of a process that is gone holds nobody up.
    writeFileSync(join(folder, 'lock'), '999999999');
    expect((await resume(folder)).statuses.at(-1)).toBe('finished');
  });

  it('a folder that holds no run is refused in words', async () => {
    const { client } = connectEngine();
    await expect(client.call('run.continue', { run: RUN, folder: temporaryFolder() })).rejects.toThrow(
      'has no run.json',
    );
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'run.json'), '{"format":"convcanvas-run"}');
    writeFileSync(join(folder, 'design.convcanvas'), designText());
    await expect(client.call('run.continue', { run: RUN, folder })).rejects.toThrow('run.json is damaged');
  });
});

describe('numbers that are not finite', () => {
  const deep = chain(input(1, 28), ['Flatten'], ['Dense', { units: 50 }], ['Dense']);

  it('stop the run at that step; the weights before it are in the checkpoint', async () => {
    const folder = join(temporaryFolder(), 'run');
    const wild = { optimizer: 'sgd', schedule: 'constant', learningRate: 90, mixup: 0, batchSize: 4 } as const;
    const design = designText(wild, deep);
    const engine = await train({ folder, design });
    expect(engine.statuses.at(-1)).toBe('failed');
    const step = Number(/at step (\d+)/.exec(engine.message())![1]);
    const { position, values } = (await new RunFolder(folder).latest())!;
    expect(position.step).toBe(step - 1);
    for (const { data: numbers } of values.values()) expect(numbers.every(Number.isFinite)).toBe(true);
    expect((await metricsOf(folder)).losses).toHaveLength(step - 1);
    expect((await metricsOf(folder)).last).toMatchObject({ event: 'end', status: 'diverged' });
  });

  it('are found in the layer where they began, in whatever part of the step', async () => {
    const path = join(temporaryFolder(), 'from.safetensors');
    const engine = connectEngine();
    const folder = join(temporaryFolder(), 'first');
    const design = designText({ optimizer: 'sgd', schedule: 'constant', mixup: 0, clipNorm: 0 }, deep);
    await train({ folder, design, steps: 1 });
    const { tensors } = await readTensors(new RunFolder(folder).checkpoint);
    const spoilt = async (name: string, value: number) => {
      const copy = new Map([...tensors].map(([key, tensor]) => [key, { ...tensor, data: tensor.data.slice() }]));
      copy.get(name)!.data.fill(value);
      await writeTensors(path, { tensors: copy, metadata: {} });
    };
    await spoilt('fc1.bias', Number.NaN);
    await engine.client.call('run.start', request({ design, from: path }));
    await engine.ends();
    expect(engine.message()).toContain('became NaN at step 1; it began in the output of fc1 (FC).');
    // Scores beyond float32's range: the first layer is fine, the second is not.
    await spoilt('fc2.weight', 1e38);
    const second = await train({ design, from: path });
    expect(second.message()).toContain('it began in the output of fc2 (FC)');
  });
});

describe('the end of a run', () => {
  it('comes after a given epoch, on the way that is planned for all', async () => {
    const engine = await train({ design: designText({ stopEpoch: 2, schedule: 'cosine' }) });
    const longer = await train({ design: designText({ schedule: 'cosine' }) });
    expect(engine.losses).toHaveLength(8);
    expect(engine.losses).toEqual(longer.losses.slice(0, 8));
    expect(engine.statuses.at(-1)).toBe('finished');
  });

  it('comes early where the validation loss rests, and says so; the best weights are kept', async () => {
    // A rate so high that nothing gets better for long.
    const rough = { epochs: 60, earlyStopping: 2, learningRate: 0.3, schedule: 'constant', mixup: 0 } as const;
    const folder = join(temporaryFolder(), 'run');
    const engine = await train({ folder, design: designText({ ...rough, restoreBest: true }) });
    const best = Math.min(...engine.epochs.map(({ valLoss }) => valLoss));
    const at = engine.epochs.findIndex(({ valLoss }) => valLoss === best);
    expect(engine.epochs).toHaveLength(at + 1 + 2);
    expect(engine.statuses.at(-1)).toBe('finished');
    expect(engine.message()).toContain(`has not fallen for 2 epochs; it was lowest`);
    const path = join(temporaryFolder(), 'best.onnx');
    await engine.client.call('model.export', { design: designText(rough), path, weights: { type: 'run', run: RUN } });
    const { loss } = await engine.client.call('model.evaluate', { path, source: { type: 'folder', path: data } });
    expect(loss).toBeCloseTo(best, 3);
    expect(loss).not.toBeCloseTo(engine.epochs.at(-1)!.valLoss, 3);
    // Without a folder it is the same.
    const bare = await train({ design: designText({ ...rough, restoreBest: true }) });
    await bare.client.call('model.export', { design: designText(rough), path, weights: { type: 'run', run: RUN } });
    const again = await bare.client.call('model.evaluate', { path, source: { type: 'folder', path: data } });
    expect(again.loss).toBe(loss);
  });
});

describe('a file of tensors', () => {
  it('comes back as it was, and a changed byte is noticed', async () => {
    const path = join(temporaryFolder(), 'a.safetensors');
    const tensors = new Map([
      ['a', { dtype: 'float32', dims: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, -0.1) } as const],
      ['b', { dtype: 'float32', dims: [], data: Float32Array.of(7) } as const],
    ]);
    await writeTensors(path, { tensors, metadata: { of: 'a test' } });
    const found = await readTensors(path);
    expect(found.tensors).toEqual(tensors);
    expect(found.metadata['of']).toBe('a test');
    const bytes = readFileSync(path);
    bytes[bytes.length - 2]! ^= 1;
    writeFileSync(path, bytes);
    await expect(readTensors(path)).rejects.toThrow('checksum is another');
    writeFileSync(path, bytes.subarray(0, bytes.length - 6));
    await expect(readTensors(path)).rejects.toThrow('cut off');
    writeFileSync(path, Buffer.concat([Buffer.alloc(8, 0xff), bytes]));
    await expect(readTensors(path)).rejects.toThrow('no safetensors file');
  });
});
