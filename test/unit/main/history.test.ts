/** A run's metrics on disk, read and cut in bounded time and memory, and what is shown of them. */
import { appendFileSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { StepHistory } from '#core/training/history.ts';
import { readTensors, writeTensors } from '#main/files/safetensors.ts';
import { RunHistory } from '#main/runs/history.ts';
import { formatMetric, type Metric, readMetrics, scanMetrics, thinMetrics } from '#main/runs/metrics.ts';
import { readHistory, rewindMetrics } from '#main/runs/read-history.ts';
import { RunFolder } from '#main/runs/run-folder.ts';
import { Position } from '#main/training/position.ts';
import { temporaryFolder } from '../../temporary.ts';

const plan: Metric = {
  event: 'plan',
  design: 'A "design" {"event":"step"}',
  device: 'cpu',
  deviceNote: '',
  data: 'digits',
  trainCount: 100,
  validateCount: 10,
  batchSize: 10,
  stepsPerEpoch: 10,
  steps: 1e6,
  epochs: 1e5,
  warnings: [],
};
const step = (number: number): Metric => ({
  event: 'step',
  step: number,
  loss: Math.fround(1 / number),
  accuracy: 0.5,
});
const epoch = (number: number, perEpoch = 10): Metric => ({
  event: 'epoch',
  epoch: number,
  step: number * perEpoch,
  loss: 1,
  accuracy: 0.5,
  valLoss: 1 / number,
  valAccuracy: 0.5,
  imagesPerSecond: 1000,
});
const end: Metric = { event: 'end', status: 'stopped', message: '' };

/** A run of so many steps, an epoch after every ten. */
function course(steps: number): Metric[] {
  const all: Metric[] = [plan];
  for (let i = 1; i <= steps; i++) {
    all.push(step(i));
    if (i % 10 === 0) all.push(epoch(i / 10));
  }
  return all;
}

const textOf = (metrics: Iterable<Metric>) => [...metrics].map((metric) => `${formatMetric(metric)}\n`).join('');

function folderWith(text: string): RunFolder {
  const folder = new RunFolder(temporaryFolder());
  writeFileSync(folder.metrics, text);
  return folder;
}

async function metricsIn(path: string): Promise<Metric[]> {
  const all: Metric[] = [];
  for await (const metric of readMetrics(path)) all.push(metric);
  return all;
}

/** A checkpoint of a run, as far as its metrics are concerned. */
function checkpointAt(number: number, metricsBytes?: number) {
  const position = new Position();
  position.step = number;
  position.epoch = Math.floor(number / 10) + 1;
  return { position, values: new Map(), ...(metricsBytes !== undefined && { metricsBytes }) };
}

function historyOf(metrics: Iterable<Metric>): RunHistory {
  const history = new RunHistory();
  for (const metric of metrics) history.add(metric);
  return history;
}

describe('metrics on disk', () => {
  it('come back as they were, whatever their numbers look like', async () => {
    const losses = [0, 1, -1.5, 1e-7, 1e21, 5e-324, 1.7976931348623157e308, Math.fround(0.1)];
    const metrics: Metric[] = losses.map((loss, i) => ({ event: 'step', step: i + 1, loss, accuracy: loss / 3 }));
    metrics.push({ event: 'step', step: 2 ** 33, loss: 1, accuracy: 0, every: 4 });
    metrics.push({ ...plan, design: 'Ünïcode 漢' }, epoch(1), end);
    expect(await metricsIn(folderWith(textOf(metrics)).metrics)).toEqual(metrics);
  });

  it('that are none are left out', async () => {
    const good = formatMetric(step(7));
    const bad = [
      '{"event":"step","step":0,"loss":1,"accuracy":1}',
      '{"event":"step","step":1.5,"loss":1,"accuracy":1}',
      '{"event":"step","step":1,"loss":null,"accuracy":1}',
      '{"event":"step","step":1,"loss":0x10,"accuracy":1}',
      '{"event":"step","step":1,"loss":"1","accuracy":1}',
      '{"event":"step","step":1,"loss": ,"accuracy":1}',
      '{"event":"step","step":99999999999999999999,"loss":1,"accuracy":1}',
      '{"event":"step","step":1,"loss":1,"accuracy":1',
      '{"event":"end"}',
      '',
      '\0\0\0\0',
      `${good}${good}`,
    ];
    const folder = folderWith(`${bad.join('\n')}\n${good}\n{"event":"step","step":8,"loss":1,"accuracy":1}`);
    // The last line has no end: it may be a part of a longer one.
    expect(await metricsIn(folder.metrics)).toEqual([step(7)]);
  });

  it('are read past a line that never ends', async () => {
    const folder = folderWith(`${formatMetric(step(1))}\n${'x'.repeat(5_000_000)}\n${formatMetric(step(2))}\n`);
    expect(await metricsIn(folder.metrics)).toEqual([step(1), step(2)]);
  });

  it('are read from a byte on, and as far as is wanted', async () => {
    const text = textOf(course(40));
    const from = text.indexOf('{"event":"step","step":20,');
    const found: number[] = [];
    const folder = folderWith(text);
    await scanMetrics(
      folder.metrics,
      (metric, next) => {
        if (metric.event === 'step') found.push(metric.step);
        return text.slice(0, next).endsWith('\n') && found.length < 3;
      },
      from,
    );
    expect(found).toEqual([20, 21, 22]);
  });

  it('that wait for too long become means, and no step is lost in them', () => {
    let metrics: readonly Metric[] = [plan, ...Array.from({ length: 1000 }, (_, i) => step(i + 1)), end];
    for (let i = 0; i < 3; i++) metrics = thinMetrics(metrics);
    const steps = metrics.flatMap((metric) => (metric.event === 'step' ? [metric] : []));
    expect(steps).toHaveLength(125);
    expect(steps[0]).toEqual({ event: 'step', step: 8, every: 8, loss: expect.any(Number), accuracy: 0.5 });
    expect(steps[0]!.loss).toBeCloseTo([1, 2, 3, 4, 5, 6, 7, 8].reduce((sum, i) => sum + 1 / i, 0) / 8, 6);
    expect(historyOf(metrics).step).toBe(1000);
    expect([metrics[0], metrics.at(-1)]).toEqual([plan, end]);
    // A hole stays one, and one step an epoch is bounded as well.
    expect(thinMetrics([step(1), step(3)])).toEqual([step(1), step(3)]);
    const many = Array.from({ length: 30_000 }, (_, i) => [step(i + 1), epoch(i + 1, 1)]).flat();
    expect(thinMetrics(many).length).toBeLessThan(0.51 * many.length);
  });
});

describe('what is shown of a run', () => {
  it('is the same from its file, from its metrics, and as it was while it ran', async () => {
    const metrics = [...course(40_007), end];
    const live = new StepHistory();
    for (const metric of metrics) {
      if (metric.event !== 'step') continue;
      live.append({
        first: metric.step,
        every: 1,
        losses: Float32Array.of(metric.loss),
        accuracies: Float32Array.of(0.5),
      });
    }
    const folder = folderWith(textOf(metrics));
    const read = await readHistory(folder);
    expect(read.step).toBe(40_007);
    const shown = [...read.metrics()];
    expect(shown.length).toBeLessThan(16_384 + 10_000 + 2);
    // A page builds its curve from these.
    const again = historyOf(shown);
    expect(again.step).toBe(40_007);
    const losses = (all: readonly Metric[]) => all.flatMap((one) => (one.event === 'step' ? [one.loss] : []));
    const { losses: expected } = live.state();
    expect(losses(shown)).toHaveLength(expected.length);
    losses(shown).forEach((loss, i) => {
      expect(loss).toBeCloseTo(expected[i]!, 6);
    });
    expect(shown.filter(({ event }) => event === 'epoch')).toHaveLength(4000);
    expect(shown.at(-1)).toEqual(end);
    expect([...again.metrics()]).toEqual(shown);

    const path = join(temporaryFolder(), 'history');
    await writeTensors(path, historyOf(course(40_007)).toFile(123));
    const { history, bytes } = RunHistory.fromFile(await readTensors(path));
    expect(bytes).toBe(123);
    expect([...history.metrics()]).toEqual(shown.slice(0, -1));
    // And it goes on where it was.
    for (const one of [history, read]) one.add(step(40_008));
    expect(history.step).toBe(40_008);
  });

  it('is bounded, however many epochs there are', () => {
    const history = historyOf(Array.from({ length: 35_000 }, (_, i) => epoch(i + 1)));
    const epochs = [...history.metrics()].flatMap((one) => (one.event === 'epoch' ? [one.epoch] : []));
    expect(epochs.length).toBeLessThanOrEqual(10_000);
    expect(epochs.length).toBeGreaterThan(5000);
    expect(epochs[0]).toBe(1);
    expect(epochs.at(-1)).toBeGreaterThan(34_900);
  });

  it('keeps the numbers of steps where some are missing, and takes no nonsense', () => {
    const history = historyOf([step(1), step(5), step(6)]);
    expect(history.step).toBe(6);
    const losses = [...history.metrics()].flatMap((one) => (one.event === 'step' ? [one.loss] : []));
    expect(losses).toEqual([1, 1 / 5, 1 / 5, 1 / 5, 1 / 5, 1 / 6].map(Math.fround));
    history.add(step(2 ** 39));
    history.add({ ...step(7), event: 'step', step: 2 ** 39, loss: 1, accuracy: 1, every: 2 ** 38 });
    expect(history.step).toBe(6);
  });

  it('is read from its file and the end of the metrics: the rest of them is not looked at', async () => {
    const before = textOf(course(30_000));
    const folder = folderWith(before);
    await folder.saveHistory(await readHistory(folder), before.length);
    appendFileSync(folder.metrics, textOf([step(30_001), step(30_002), end]));
    // Were it read, there would be nothing in it.
    const damaged = `${' '.repeat(before.length - 1)}\n`;
    writeFileSync(folder.metrics, damaged, { flag: 'r+' });
    const history = await readHistory(folder);
    expect(history.step).toBe(30_002);
    expect([...history.metrics()].filter(({ event }) => event === 'epoch')).toHaveLength(3000);
  });

  it('is read from the metrics where its file is missing, damaged, or of another run', async () => {
    const text = textOf(course(50));
    const folder = folderWith(text);
    const cases = [
      () => undefined,
      () => writeFileSync(folder.history, 'nothing'),
      () => folder.saveHistory(historyOf(course(2000)), 1e9), // more than there is
      () => folder.saveHistory(historyOf(course(2000)), text.length - 3), // not at a line's end
      () => writeTensors(folder.history, { tensors: new Map(), metadata: { history: '{}' } }),
      () => {
        const { tensors, metadata } = historyOf(course(50)).toFile(0);
        const more = JSON.stringify({ ...JSON.parse(metadata['history']!), every: 2 ** 40, count: 50 * 2 ** 40 });
        return writeTensors(folder.history, { tensors, metadata: { history: more } });
      },
      async () => {
        const { tensors, metadata } = historyOf(course(2000)).toFile(0);
        await writeTensors(folder.history, { tensors: new Map([...tensors].slice(1)), metadata });
      },
    ];
    for (const prepare of cases) {
      await prepare();
      expect((await readHistory(folder)).step).toBe(50);
    }
    rmSync(folder.metrics);
    expect((await readHistory(folder)).step).toBe(0);
  });
});

describe('metrics that go back to a checkpoint', () => {
  const text = textOf([...course(57), end]);
  const at34 = text.indexOf('{"event":"step","step":35,');

  it.each([
    ['that says where', at34],
    ['of an earlier version, which does not', undefined],
    ['that says a wrong place', at34 + 5],
    ['that says the end of another step', text.indexOf('{"event":"step","step":30,')],
    ['that says a place beyond the end', 1e9],
  ])('%s are cut there', async (_, bytes) => {
    const folder = folderWith(text);
    const history = await rewindMetrics(folder, checkpointAt(34, bytes));
    expect(readFileSync(folder.metrics, 'utf8')).toBe(text.slice(0, at34));
    expect(history.step).toBe(34);
    expect([...history.metrics()]).toEqual([...historyOf(course(34)).metrics()]);
  });

  it("do so in the middle of an epoch's end, and after one", async () => {
    // Step 30 is done, its epoch is not: the images that are held back are still being looked at.
    const within = checkpointAt(30);
    within.position.epoch = 3;
    const folder = folderWith(text);
    await rewindMetrics(folder, within);
    expect(readFileSync(folder.metrics, 'utf8')).toBe(text.slice(0, text.indexOf('{"event":"epoch","epoch":3,')));
    const other = folderWith(text);
    await rewindMetrics(other, checkpointAt(30));
    expect(readFileSync(other.metrics, 'utf8')).toBe(text.slice(0, text.indexOf('{"event":"step","step":31,')));
  });

  it('are read from the saved history on, unless that is later than the checkpoint', async () => {
    const folder = folderWith(text);
    await folder.saveHistory(historyOf(course(20)), text.indexOf('{"event":"step","step":21,'));
    // Were the beginning read, there would be nothing in it.
    const unread = text.indexOf('{"event":"step","step":18,');
    writeFileSync(folder.metrics, `${' '.repeat(unread - 1)}\n`, { flag: 'r+' });
    const history = await rewindMetrics(folder, checkpointAt(34, at34));
    expect([...history.metrics()]).toEqual([...historyOf(course(34)).metrics()]);
    expect(statSync(folder.metrics).size).toBe(at34);
    const later = folderWith(text);
    await later.saveHistory(historyOf(course(57)), text.length);
    expect((await rewindMetrics(later, checkpointAt(34, at34))).step).toBe(34);
    expect(statSync(later.metrics).size).toBe(at34);
  });

  it('go back to the beginning where there is no checkpoint', async () => {
    const folder = folderWith(text);
    expect((await rewindMetrics(folder, undefined)).step).toBe(0);
    expect(await metricsIn(folder.metrics)).toEqual([plan]);
    rmSync(folder.metrics);
    expect((await rewindMetrics(folder, checkpointAt(34, at34))).step).toBe(0);
  });

  it('stay as they are where nothing came after it', async () => {
    const folder = folderWith(text.slice(0, at34));
    await rewindMetrics(folder, checkpointAt(34, at34));
    expect(readFileSync(folder.metrics, 'utf8')).toBe(text.slice(0, at34));
    truncateSync(folder.metrics, at34 - 4); // torn, as after a crash before it was on the disk
    const history = await rewindMetrics(folder, checkpointAt(34, at34));
    expect(history.step).toBe(33);
  });
});
