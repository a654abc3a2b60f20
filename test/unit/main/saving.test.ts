/** A run whose folder cannot be written goes on, says so once, loses nothing, and can be written elsewhere. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatDesign } from '#core/project/design-file.ts';
import { DEFAULT_TRAINING, type TrainingSettings } from '#core/training/settings.ts';
import { ownIdentity } from '#disk/process-identity.ts';
import { readTensors, writeTensors } from '#main/files/safetensors.ts';
import { readMetrics } from '#main/runs/metrics.ts';
import { RunFolder } from '#main/runs/run-folder.ts';
import { connectEngine, RUN } from '../../engine-client.ts';
import { type FaultyFiles, faultyFiles } from '../../faulty-files.ts';
import { writeDigits } from '../../idx-files.ts';
import { chain, conv, input } from '../../networks.ts';
import { sharedFolder, temporaryFolder } from '../../temporary.ts';

const data = sharedFolder((path) => writeDigits(path, 110));

/** Five steps an epoch. */
function designText(training: Partial<TrainingSettings> = {}): string {
  return formatDesign({
    name: 'Test',
    network: chain(input(1, 28), conv(4, 5, 2), ['ReLU'], ['Flatten'], ['Dense'], ['Softmax']),
    training: { ...DEFAULT_TRAINING, epochs: 30, batchSize: 20, optimizer: 'adam', learningRate: 0.003, ...training },
    classLabels: [],
  });
}

const STEPS = 150;
const newFolder = () => join(temporaryFolder(), 'run');

function request(folder: string, design = designText()) {
  return { run: RUN, design, source: { type: 'folder', path: data }, ranges: {}, device: 'cpu', folder } as const;
}

/** An engine, and what it says of saving. */
function engineWith(faulty: FaultyFiles = faultyFiles()) {
  const engine = connectEngine(faulty.files);
  const said: string[] = [];
  const saved: number[] = [];
  engine.client.on('run.status', ({ message }) => {
    if (message !== '' && message !== said.at(-1)) said.push(message);
  });
  engine.client.on('run.saved', ({ step }) => void saved.push(step));
  const ends = () => Promise.race([engine.reaches('finished'), engine.reaches('failed'), engine.reaches('stopped')]);
  return { ...engine, said, saved, ends };
}

async function train(folder: string, design?: string, faulty?: FaultyFiles) {
  const engine = engineWith(faulty);
  await engine.client.call('run.start', request(folder, design));
  await engine.ends();
  return engine;
}

async function resumed(folder: string) {
  const engine = engineWith();
  await engine.client.call('run.continue', { run: RUN, folder });
  await engine.ends();
  expect(engine.statuses.at(-1), engine.message()).toBe('finished');
  return outcome(folder);
}

async function outcome(folder: string) {
  const steps: number[] = [];
  const losses: number[] = [];
  const epochs: number[] = [];
  for await (const metric of readMetrics(new RunFolder(folder).metrics)) {
    if (metric.event === 'step') {
      steps.push(metric.step);
      losses.push(metric.loss);
    }
    if (metric.event === 'epoch') epochs.push(metric.valLoss);
  }
  const latest = await new RunFolder(folder).latest();
  return { steps, losses, epochs, step: latest?.position.step, values: latest?.values };
}

/** Starts a run and pauses it after its first steps, as long as something is done to its folder. */
async function startThen(engine: ReturnType<typeof engineWith>, start: ReturnType<typeof request>, then: () => void) {
  const off = engine.client.on('run.status', ({ status }) => {
    if (status !== 'running') return;
    off();
    void engine.client.call('run.pause', { run: RUN });
  });
  await engine.client.call('run.start', start);
  await engine.reaches('paused');
  await expect.poll(() => engine.saved.length).toBeGreaterThan(0);
  expect(engine.losses.length).toBeLessThan(STEPS / 2);
  then();
  await engine.client.call('run.resume', { run: RUN });
}

/** Calls back once, when a run has done so many steps. */
function atStep(engine: ReturnType<typeof engineWith>, step: number, then: () => void): void {
  let isDone = false;
  engine.client.on('run.steps', ({ first, losses }) => {
    if (isDone || first + losses.length <= step) return;
    isDone = true;
    then();
  });
}

const timeout = 60_000;

describe('a full disk', () => {
  it('is reported once, and once more when there is room: not a step is lost, and the losses are the same', {
    timeout,
  }, async () => {
    const [calm, folder] = [newFolder(), newFolder()];
    await train(calm);
    const faulty = faultyFiles();
    faulty.written = 0.6;
    const engine = engineWith(faulty);
    await startThen(engine, request(folder), () => {
      faulty.fault = (operation) => (operation === 'append' ? 'ENOSPC' : undefined);
    });
    const full = engine.losses.length;
    atStep(engine, full + 10, () => void engine.client.call('run.pause', { run: RUN }));
    // It says so while it still trains, or when it is paused already.
    const isPaused = () => engine.losses.length > full && engine.statuses.at(-1) === 'paused' && engine.said.length > 0;
    await expect.poll(isPaused).toBe(true);
    // Long enough for several tries of everything.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(engine.said).toHaveLength(1);
    expect(engine.said[0]).toMatch(
      /^The run cannot be saved: .*run.(metrics\.jsonl|checkpoint\.safetensors) could not be written: the disk is full; it needs .* free\. Free some space\. A checkpoint of this run takes \d+\.\d+ kB\. Training goes on/,
    );
    const { length: paused } = engine.losses;
    expect(engine.saved.at(-1)).toBeLessThanOrEqual(full);
    expect(paused).toBeLessThan(STEPS);
    faulty.fault = () => undefined;
    // Nobody asks for it: what could not be written is tried again, while the run is paused.
    await expect.poll(() => engine.saved.at(-1), { timeout: 20_000 }).toBe(paused);
    expect(engine.said.at(-1)).toBe(`${folder} can be written again; nothing was lost.`);
    expect(engine.said).toHaveLength(2);
    await engine.client.call('run.resume', { run: RUN });
    await engine.ends();
    expect(engine.message()).toBe('');
    expect(await outcome(folder)).toEqual(await outcome(calm));
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp') || name.startsWith('lock'))).toEqual([]);
  });

  it('when a run ends: it ends all the same, can be exported and written elsewhere, and is saved when there is room', {
    timeout,
  }, async () => {
    const [calm, folder] = [newFolder(), newFolder()];
    await train(calm);
    const faulty = faultyFiles();
    const engine = engineWith(faulty);
    await startThen(engine, request(folder), () => {
      faulty.fault = (operation, path) => (operation === 'append' && path.startsWith(folder) ? 'ENOSPC' : undefined);
    });
    await engine.ends();
    expect(engine.statuses.at(-1)).toBe('finished');
    expect(engine.message()).toContain('The run cannot be saved: ');
    expect((await outcome(folder)).steps.length).toBeLessThan(STEPS);
    // What is in memory is whole.
    const model = join(temporaryFolder(), 'model.onnx');
    const receipt = await engine.client.call('model.export', {
      design: designText(),
      path: model,
      weights: { type: 'run', run: RUN },
    });
    expect(receipt).toMatchObject({ weights: 'trained', steps: STEPS });
    const elsewhere = newFolder();
    expect(await engine.client.call('run.saveAs', { run: RUN, folder: elsewhere })).toEqual({ step: STEPS });
    expect(await outcome(elsewhere)).toEqual(await outcome(calm));
    // Nobody else may have the folder as long as it is to be written.
    expect(await new RunFolder(folder).inUse()).toBe(true);
    faulty.fault = () => undefined;
    await expect.poll(() => engine.saved.at(-1), { timeout: 20_000 }).toBe(STEPS);
    await expect.poll(() => new RunFolder(folder).inUse()).toBe(false);
    expect(await outcome(folder)).toEqual(await outcome(calm));
  });

  it('keeps nobody from stopping, nor from starting another run', { timeout }, async () => {
    const faulty = faultyFiles();
    const engine = engineWith(faulty);
    const folder = newFolder();
    await startThen(engine, request(folder, designText({ epochs: 10_000 })), () => {
      faulty.fault = (operation, path) => (operation === 'append' && path.startsWith(folder) ? 'EIO' : undefined);
    });
    atStep(engine, engine.losses.length + 6, () => void engine.client.call('run.stop', { run: RUN }));
    await engine.reaches('stopped');
    expect(engine.message()).toContain('the disk reported an error');
    const other = newFolder();
    await engine.client.call('run.start', request(other));
    await engine.reaches('finished');
    expect((await outcome(other)).steps).toHaveLength(STEPS);
    expect(await new RunFolder(folder).inUse()).toBe(false);
  });

  it('that has no room for the best weights: they are kept in memory, and are those that are taken', {
    timeout,
  }, async () => {
    // A rate so high that the first epochs are the best.
    const rough = designText({ restoreBest: true, learningRate: 0.5, optimizer: 'sgd' });
    const [calm, folder] = [newFolder(), newFolder()];
    await train(calm, rough);
    const faulty = faultyFiles();
    faulty.fault = (operation, path) => (operation === 'append' && path.includes('.best.') ? 'ENOSPC' : undefined);
    const engine = await train(folder, rough, faulty);
    expect(engine.statuses.at(-1)).toBe('finished');
    expect((await outcome(folder)).values).toEqual((await outcome(calm)).values);
    expect(existsSync(join(folder, 'best.safetensors'))).toBe(false);
    expect(engine.message()).toContain('best.safetensors could not be written: the disk is full');
    // They are tried again like all else; then others may have the folder.
    expect(await new RunFolder(folder).inUse()).toBe(true);
    faulty.fault = () => undefined;
    await expect.poll(() => new RunFolder(folder).inUse(), { timeout: 20_000 }).toBe(false);
    expect(existsSync(join(folder, 'best.safetensors'))).toBe(true);
  });
});

describe('a run under way', () => {
  it('is written elsewhere between two steps, and goes on from there as if nothing had happened', {
    timeout,
  }, async () => {
    const [calm, folder, elsewhere] = [newFolder(), newFolder(), newFolder()];
    await train(calm);
    const engine = engineWith();
    let written: Promise<{ step: number }> | undefined;
    await startThen(engine, request(folder), () => {
      // Asked for while it is paused, or while it trains: this one is, as soon as it goes on.
      engine.client.on('run.status', ({ status }) => {
        if (status === 'running') written ??= engine.client.call('run.saveAs', { run: RUN, folder: elsewhere });
      });
    });
    await engine.ends();
    const { step } = await written!;
    expect(step).toBeLessThan(STEPS);
    expect((await outcome(elsewhere)).steps.at(-1)).toBe(step);
    expect(await resumed(elsewhere)).toEqual(await outcome(calm));
    expect(await outcome(folder)).toEqual(await outcome(calm));
  });

  it('without a folder can be written as well, and is not where there is no room or a run', { timeout }, async () => {
    const engine = engineWith();
    await expect(engine.client.call('run.saveAs', { run: RUN, folder: newFolder() })).rejects.toThrow(
      'There is no such run',
    );
    const { folder, ...without } = request(newFolder());
    await engine.client.call('run.start', without);
    await engine.ends();
    await engine.client.call('run.saveAs', { run: RUN, folder });
    expect((await outcome(folder)).step).toBe(STEPS);
    await expect(engine.client.call('run.saveAs', { run: RUN, folder })).rejects.toThrow('already holds a run');
    await expect(engine.client.call('run.saveAs', { run: RUN, folder: '/proc/run' })).rejects.toThrow(
      'could not be written',
    );
  });
});

describe('a folder that is deleted', () => {
  it('is made again from memory, which is said once; the run goes on from it to the same losses', {
    timeout,
  }, async () => {
    const [calm, folder] = [newFolder(), newFolder()];
    await train(calm);
    const engine = engineWith();
    await startThen(engine, request(folder), () => rmSync(folder, { recursive: true }));
    atStep(engine, engine.losses.length + 11, () => void engine.client.call('run.stop', { run: RUN }));
    await engine.ends();
    expect(engine.statuses.at(-1)).toBe('stopped');
    expect(engine.said).toEqual([
      expect.stringContaining(`${folder} was deleted while the run was under way. It was made again from memory`),
    ]);
    expect(await resumed(folder)).toEqual(await outcome(calm));
  });

  it('with its disk is not made on another one, in the place where the disk will be again', { timeout }, async () => {
    const disk = temporaryFolder();
    const folder = join(disk, 'drive', 'run');
    const engine = engineWith();
    await startThen(engine, request(folder), () => rmSync(join(disk, 'drive'), { recursive: true }));
    await engine.ends();
    expect(engine.statuses.at(-1)).toBe('finished');
    expect(engine.message()).toContain('its folder is missing, and so is the one around it');
    expect(readdirSync(disk)).toEqual([]);
    const model = join(temporaryFolder(), 'model.onnx');
    const receipt = await engine.client.call('model.export', {
      design: designText(),
      path: model,
      weights: { type: 'run', run: RUN },
    });
    expect(receipt).toMatchObject({ weights: 'trained', steps: STEPS });
  });

  it('with the best weights in it: the run ends with the last ones, and says so', { timeout }, async () => {
    const rough = designText({ restoreBest: true, learningRate: 0.5, optimizer: 'sgd', epochs: 30 });
    const calm = newFolder();
    await train(calm, rough);
    const { epochs } = await outcome(calm);
    const best = 1 + epochs.indexOf(Math.min(...epochs));
    expect(best).toBeLessThan(30);
    const folder = newFolder();
    const engine = engineWith();
    engine.client.on('run.epoch', ({ epoch }) => {
      if (epoch === best) void engine.client.call('run.pause', { run: RUN });
    });
    await engine.client.call('run.start', request(folder, rough));
    await engine.reaches('paused');
    rmSync(folder, { recursive: true });
    await engine.client.call('run.resume', { run: RUN });
    await engine.ends();
    expect(engine.statuses.at(-1)).toBe('finished');
    expect(engine.message()).toContain(`The weights of epoch ${best}, the best, were deleted from the run's folder`);
    expect((await outcome(folder)).step).toBe(STEPS);
  });

  it('of which only the metrics are gone keeps its curve', { timeout }, async () => {
    const folder = newFolder();
    const engine = engineWith();
    await startThen(engine, request(folder), () => rmSync(join(folder, 'metrics.jsonl')));
    atStep(engine, engine.losses.length + 11, () => void engine.client.call('run.stop', { run: RUN }));
    await engine.ends();
    const { losses } = await resumed(folder);
    expect(losses.at(-1)).toBe((await outcome(await calmRun())).losses.at(-1));
  });

  it('is not written any more once another process has taken the run over', { timeout }, async () => {
    const folder = newFolder();
    const engine = engineWith();
    const other = { ...(await ownIdentity()), pid: process.ppid, started: null, nonce: '0123456789abcdef' };
    let before = new Map<string, string>();
    await startThen(engine, request(folder), () => {
      rmSync(folder, { recursive: true });
      mkdirSync(folder);
      writeFileSync(join(folder, 'run.json'), '{}');
      writeFileSync(join(folder, 'lock'), JSON.stringify(other));
      before = contentsOf(folder);
    });
    await engine.ends();
    expect(engine.statuses.at(-1)).toBe('finished');
    expect(engine.message()).toContain(`Another process goes on with the run in ${folder}`);
    expect(contentsOf(folder)).toEqual(before);
  });
});

async function calmRun(): Promise<string> {
  const folder = newFolder();
  await train(folder);
  return folder;
}

const contentsOf = (folder: string) =>
  new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'base64')]));

describe('a start that fails', () => {
  it('leaves a run as it was, and free', { timeout }, async () => {
    const folder = newFolder();
    const engine = engineWith();
    atStep(engine, 12, () => void engine.client.call('run.stop', { run: RUN }));
    await engine.client.call('run.start', request(folder));
    await engine.ends();
    const { tensors, metadata } = await readTensors(new RunFolder(folder).checkpoint);
    // A checkpoint of another network: found out after everything was read and before anything is trained.
    await writeTensors(new RunFolder(folder).checkpoint, { tensors: new Map([...tensors].slice(1)), metadata });
    const before = contentsOf(folder);
    const again = engineWith();
    await again.client.call('run.continue', { run: RUN, folder });
    await again.ends();
    expect(again.statuses.at(-1), again.message()).toBe('failed');
    expect(contentsOf(folder)).toEqual(before);
  });

  it('that was overtaken by another one leaves nothing', { timeout }, async () => {
    const engine = engineWith();
    const [first, second] = [newFolder(), newFolder()];
    await engine.client.call('run.start', request(first));
    await engine.client.call('run.start', request(second));
    await engine.ends();
    expect((await outcome(second)).steps).toHaveLength(STEPS);
    expect(existsSync(first)).toBe(false);
    // Twice the same run: the second start waits for the first to let go.
    cpSync(second, first, { recursive: true });
    rmSync(join(first, 'checkpoint.safetensors'));
    rmSync(join(first, 'checkpoint.previous.safetensors'));
    const again = engineWith();
    await again.client.call('run.continue', { run: RUN, folder: first });
    await again.client.call('run.continue', { run: RUN, folder: first });
    await again.ends();
    expect(again.statuses.at(-1), again.message()).toBe('finished');
    expect((await outcome(first)).losses).toEqual((await outcome(second)).losses);
  });

  it('in a folder that is taken says so before any data is read', { timeout }, async () => {
    const folder = await calmRun();
    const engine = engineWith();
    let read = false;
    engine.client.on('data.progress', () => {
      read = true;
    });
    await engine.client.call('run.start', { ...request(folder), source: { type: 'folder', path: '/nowhere' } });
    await engine.ends();
    expect(engine.message()).toContain('already holds a run');
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, 'mine');
    const again = engineWith();
    await again.client.call('run.start', {
      ...request(join(file, 'run')),
      source: { type: 'folder', path: '/nowhere' },
    });
    await again.ends();
    expect(again.message()).toContain(`${file} is a file, no folder`);
    expect(read).toBe(false);
  });
});
