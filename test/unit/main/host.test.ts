/** Runs belong to designs, and pages follow the runs that they show. */
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { applyEdit, type Edit } from '#core/network/edits.ts';
import { readModel } from '#core/onnx/decode.ts';
import type { Design } from '#core/project/design.ts';
import { formatDesign } from '#core/project/design-file.ts';
import { StepHistory } from '#core/training/history.ts';
import { DEFAULT_TRAINING } from '#core/training/settings.ts';
import { faultyFiles } from '../../faulty-files.ts';
import { startHost } from '../../host-client.ts';
import { writeDigits } from '../../idx-files.ts';
import { chain, conv, input } from '../../networks.ts';
import { sharedFolder, temporaryFolder } from '../../temporary.ts';

const folder = sharedFolder((path) => writeDigits(path, 110));
const digits = { id: 'digits', name: 'Built-in digits' };

function small(epochs = 2): Design {
  return {
    id: randomUUID(),
    name: 'Small',
    network: chain(input(1, 28), conv(4, 5, 2), ['ReLU'], ['MaxPooling2D'], ['Flatten'], ['Dense'], ['Softmax']),
    training: { ...DEFAULT_TRAINING, epochs, batchSize: 25 },
    classLabels: [],
  };
}

const changed = (design: Design, ...edits: readonly Edit[]): Design => ({
  ...design,
  network: edits.reduce(applyEdit, design.network),
});

type Started = ReturnType<typeof startHost>;
type Page = ReturnType<Started['page']>;

/** Adds the small data set of this file. */
async function addData(page: Page) {
  const set = await page.call('data.add', { path: folder });
  return { id: set!.id, name: set!.name };
}

async function start(page: Page, design: Design, data?: { id: string; name: string }) {
  const chosen = data ?? (await addData(page));
  const { run } = await page.call('runs.start', { design: formatDesign(design), data: chosen, device: 'cpu' });
  return run;
}

async function trained(page: Page, design: Design): Promise<string> {
  const run = await start(page, design);
  await page.ends(run);
  return run;
}

function weightsIn(path: string, name: string): Float32Array {
  return readModel(readFileSync(path)).tensors.get(name)!.data as Float32Array;
}

/** Exports a design with the weights that it is said to have. */
async function exported({ exports }: Started, page: Page, design: Design) {
  const text = formatDesign(design);
  const summary = await page.call('models.weights', { design: text });
  const result = await page.call('models.export', { design: text, run: summary.run });
  return { summary, receipt: result!.receipt, path: exports.at(-1)! };
}

describe('trained weights', () => {
  it('are exported after a rename, a move and a note, as they were trained', async () => {
    const started = startHost();
    const page = started.page();
    const design = small();
    await trained(page, design);
    const before = await exported(started, page, design);
    expect(before.receipt).toMatchObject({ weights: 'trained', steps: 8, initialLayers: [] });
    const renamed = changed(
      design,
      { type: 'rename', layer: 'conv1', name: 'c1' },
      { type: 'move', positions: new Map([['conv1', [100, 100]]]) },
      { type: 'put-note', note: { id: 'note1', text: 'Look', position: [0, 0] } },
    );
    const after = await exported(started, page, renamed);
    expect(after.summary).toMatchObject({ changes: [], steps: 8 });
    expect(after.receipt).toMatchObject({ weights: 'trained', steps: 8, initialLayers: [] });
    expect(weightsIn(after.path, 'c1.weight')).toEqual(weightsIn(before.path, 'conv1.weight'));
    expect(weightsIn(after.path, 'fc1.weight')).toEqual(weightsIn(before.path, 'fc1.weight'));
  });

  it('of a changed layer are first ones, and that is said before the file is written', async () => {
    const started = startHost();
    const page = started.page();
    const design = small();
    await trained(page, design);
    const wider = changed(design, { type: 'set-fields', layer: 'fc1', fields: { units: 12 } });
    const { summary, receipt, path } = await exported(started, page, wider);
    expect(summary.layers.map(({ name, state }) => [name, state])).toEqual([
      ['conv1', 'trained'],
      ['fc1', 'initial'],
    ]);
    expect(summary.changes).toEqual(['fc1: Units was 10, is 12.']);
    expect(receipt).toMatchObject({ weights: 'partly', initialLayers: ['fc1'] });
    const plain = await exported(started, page, design);
    expect(weightsIn(path, 'conv1.weight')).toEqual(weightsIn(plain.path, 'conv1.weight'));
  });

  it('survive the end of the program, and another run meanwhile', async () => {
    const home = temporaryFolder();
    const design = small();
    const first = startHost(home);
    const run = await trained(first.page(), design);
    const before = await exported(first, first.page(), design);
    first.host.close();
    const second = startHost(home);
    const page = second.page();
    expect(await page.call('runs.list', {})).toMatchObject([
      { id: run, status: 'finished', hasWeights: true, step: 8 },
    ]);
    await trained(page, small());
    const after = await exported(second, page, changed(design, { type: 'rename', layer: 'conv1', name: 'first' }));
    expect(after.receipt).toMatchObject({ weights: 'trained', steps: 8 });
    expect(weightsIn(after.path, 'first.weight')).toEqual(weightsIn(before.path, 'conv1.weight'));
  });

  it('belong to the design that they were trained for, not to another of the same layers', async () => {
    const started = startHost();
    const page = started.page();
    await trained(page, small());
    const { summary, receipt } = await exported(started, page, small());
    expect(summary).toMatchObject({ run: null, steps: 0 });
    expect(receipt).toMatchObject({ weights: 'initial' });
  });

  it('are those of the run that is asked for', async () => {
    const started = startHost();
    const page = started.page();
    const design = small();
    const first = await trained(page, design);
    const second = await trained(page, { ...design, training: { ...design.training, epochs: 3 } });
    const text = formatDesign(design);
    expect(await page.call('models.weights', { design: text })).toMatchObject({ run: second, steps: 12 });
    expect(await page.call('models.weights', { design: text, run: first })).toMatchObject({ run: first, steps: 8 });
  });
});

describe('pages', () => {
  it('that join late have all steps at their places: the snapshot, then what follows it', async () => {
    const { page } = startHost();
    const first = page();
    const run = await start(first, small(3000));
    await first.call('runs.follow', { run });
    const losses: number[] = [];
    first.on('runs.steps', (metrics) => losses.push(...metrics.losses));
    await new Promise<void>((resolve) => first.on('runs.steps', () => losses.length > 60 && resolve()));
    const second = page();
    const gaps: number[] = [];
    let history = new StepHistory();
    second.on('runs.steps', (metrics) => {
      if (!history.append(metrics)) gaps.push(metrics.first);
    });
    history = StepHistory.from((await second.call('runs.follow', { run })).steps);
    const joined = history.count;
    expect(joined).toBeGreaterThan(60);
    await new Promise<void>((resolve) => second.on('runs.steps', () => history.count > joined + 60 && resolve()));
    await first.call('runs.stop', { run });
    await second.ends(run);
    expect(gaps).toEqual([]);
    expect([...history.series().losses].slice(0, 60)).toEqual(losses.slice(0, 60).map(Math.fround));
    expect(history.count).toBe((await first.call('runs.follow', { run })).steps.count);
  });

  it('may go while the training process ends: nobody else notices', async () => {
    const { page, children } = startHost();
    const [first, second] = [page(), page()];
    const run = await start(first, small(3000));
    await first.call('runs.follow', { run });
    await first.reaches(run, 'running');
    await first.call('runs.watch', { run, filters: true, activations: 0 });
    // It ends when it hears what is still to be shown.
    Object.assign(children[0]!, { send: () => children[0]!.kill() });
    first.close();
    expect(await second.ends(run)).toMatchObject({ status: 'failed' });
    expect(await second.call('runs.list', {})).toHaveLength(1);
  });

  it('hear of steps only where they follow a run, and of every run that begins or ends', async () => {
    const { page } = startHost();
    const [following, other] = [page(), page()];
    let heard = 0;
    other.on('runs.steps', () => {
      heard += 1;
    });
    const run = await start(following, small());
    await other.ends(run);
    expect(heard).toBe(0);
    expect(other.entries.get(run)).toMatchObject({ status: 'finished', step: 8, design: { name: 'Small' } });
  });

  it('get the maps of the image that each of them shows', async () => {
    const { page } = startHost();
    const pages = [page(), page()];
    const run = await start(pages[0]!, small(3000));
    const samples = await Promise.all(
      pages.map(async (one, i) => {
        const seen = new Set<number>();
        const arrived = new Promise<void>((resolve) => one.on('runs.activations', () => seen.size > 0 && resolve()));
        one.on('runs.activations', ({ sample }) => seen.add(sample));
        await one.call('runs.follow', { run });
        await one.call('runs.watch', { run, filters: false, activations: 2 + i });
        await Promise.race([arrived, new Promise((resolve) => setTimeout(resolve, 5000))]);
        return seen;
      }),
    );
    await pages[0]!.call('runs.stop', { run });
    expect(samples.map((seen) => [...seen])).toEqual([[2], [3]]);
  });
});

describe('runs', () => {
  it('wait for each other: one trains, the next begins when it has ended', async () => {
    const { page } = startHost();
    const one = page();
    const data = await addData(one);
    const first = await start(one, small(3000), data);
    await one.reaches(first, 'running');
    const second = await start(one, small(), data);
    const third = await start(one, small(), data);
    await one.reaches(second, 'queued');
    await one.call('runs.stop', { run: second });
    expect(await one.ends(second)).toMatchObject({ status: 'stopped', step: 0 });
    expect(one.entries.get(first)).toMatchObject({ status: 'running' });
    await one.call('runs.stop', { run: first });
    expect(await one.ends(third)).toMatchObject({ status: 'finished', step: 8 });
  });

  it('wait as long as another has weights that are not on the disk yet', async () => {
    const disk = faultyFiles();
    const page = startHost(temporaryFolder(), disk.files).page();
    disk.fault = (operation, path) =>
      /safetensors/.test(path) && (operation === 'append' || operation === 'open') ? 'ENOSPC' : undefined;
    const data = await addData(page);
    const first = await start(page, small(), data);
    expect((await page.ends(first)).status).toBe('finished');
    const second = await start(page, small(), data);
    const third = await start(page, small(), data);
    expect((await page.reaches(second, 'queued')).message).toMatch(/weights of Small could not be written yet/);
    disk.fault = () => undefined;
    expect((await page.ends(second)).status).toBe('finished');
    expect(page.entries.get(first)).toMatchObject({ hasWeights: true });

    // Its user may give it up as well; nothing of it comes back.
    await page.ends(third);
    disk.fault = (operation, path) =>
      /safetensors/.test(path) && (operation === 'append' || operation === 'open') ? 'ENOSPC' : undefined;
    const unsaved = await trained(page, small());
    const next = await start(page, small(), data);
    await page.reaches(next, 'queued');
    await page.call('runs.delete', { run: unsaved });
    await page.reaches(next, 'finished');
    await expect(page.call('runs.follow', { run: unsaved })).rejects.toThrow('deleted');
  });

  it('say which design and which data set they train, and describe the images that they were started with', async () => {
    const { page } = startHost();
    const one = page();
    const design = small();
    const run = await trained(one, design);
    // Its size is looked up once it has ended.
    await new Promise<void>((resolve) => one.on('runs.changed', ({ bytes }) => bytes > 10_000 && resolve()));
    const [entry] = await one.call('runs.list', {});
    expect(entry).toMatchObject({ design: { id: design.id, name: 'Small' }, data: folder.split('/').at(-1) });
    expect(await one.call('runs.data', { run })).toMatchObject({ count: 110, shape: [1, 28, 28] });
    const { labels } = await one.call('runs.samples', { run, begin: 99, count: 3 });
    expect(labels).toEqual([9, 0, 1]);
  });

  it('that fail to start leave nothing on disk, and no run is deleted but by the user', async () => {
    const home = temporaryFolder();
    const { page } = startHost(home);
    const one = page();
    const runs: string[] = [];
    for (let i = 0; i < 7; i++) runs.push(await trained(one, small(1)));
    const data = await addData(one);
    const wrong = { ...small(), network: chain(input(3, 32), ['Flatten'], ['Dense'], ['Softmax']) };
    const failed = await start(one, wrong, data);
    expect(await one.ends(failed)).toMatchObject({ status: 'failed', bytes: 0, hasWeights: false });
    // A folder that a clock set wrongly named, and one that is no run.
    mkdirSync(join(home, 'state', 'runs', '2999-01-01T00-00-00-000Z'));
    const names = () => readdirSync(join(home, 'state', 'runs')).sort();
    expect(names()).toEqual([...runs, '2999-01-01T00-00-00-000Z'].sort());
    const next = startHost(home).page();
    expect((await next.call('runs.list', {})).map(({ id }) => id).sort()).toEqual([...runs].sort());
    await next.call('runs.delete', { run: runs[0]! });
    expect(existsSync(join(home, 'state', 'runs', runs[0]!))).toBe(false);
    await expect(next.call('runs.follow', { run: runs[0]! })).rejects.toThrow('it was deleted');
  });

  it('cannot be deleted while they are under way', async () => {
    const { page } = startHost();
    const one = page();
    const run = await start(one, small(3000));
    await one.reaches(run, 'running');
    await expect(one.call('runs.delete', { run })).rejects.toThrow('stop it before you delete it');
    await one.call('runs.stop', { run });
    await one.ends(run);
    await one.call('runs.delete', { run });
    expect(await one.call('runs.list', {})).toEqual([]);
  });

  it('go on after the training process was killed, and after the program had ended', async () => {
    const home = temporaryFolder();
    const { page, children, host, gone } = startHost(home);
    const one = page();
    const run = await start(one, small(400));
    await new Promise<void>((resolve) => one.on('runs.changed', ({ hasWeights }) => hasWeights && resolve()));
    children.at(-1)!.kill();
    expect(await one.ends(run)).toMatchObject({ status: 'failed', canResume: true });
    await gone();
    await one.call('runs.resume', { run });
    await one.reaches(run, 'running');
    await one.call('runs.stop', { run });
    const { step } = await one.ends(run);
    expect(step).toBeGreaterThan(0);
    host.close();
    await gone();
    const next = startHost(home).page();
    expect(await next.call('runs.list', {})).toMatchObject([{ id: run, status: 'stopped', canResume: true }]);
    await next.call('runs.resume', { run });
    await next.reaches(run, 'running');
    await next.call('runs.stop', { run });
    await next.ends(run);
  });

  it('that are gone are refused in words', async () => {
    const one = startHost().page();
    for (const name of ['runs.follow', 'runs.delete', 'runs.resume', 'runs.data'] as const) {
      await expect(one.call(name, { run: 'nothing' })).rejects.toThrow('This run is not there any more');
    }
    await expect(one.call('runs.follow', { run: '../designs' })).rejects.toMatchObject({ code: 'bad-input' });
  });
});

describe('a data set that this computer does not know', () => {
  it('is named, and nothing is started', async () => {
    const one = startHost().page();
    const data = { id: randomUUID(), name: 'leaves' };
    await expect(one.call('data.describe', { data })).rejects.toThrow('The data set leaves is not on this computer');
    await expect(start(one, small(), data)).rejects.toThrow('The data set leaves is not on this computer');
    expect(await one.call('runs.list', {})).toEqual([]);
  });

  it('the built-in digits are on every computer', async () => {
    expect(await startHost().page().call('data.describe', { data: digits })).toMatchObject({ count: 7000 });
  });
});
