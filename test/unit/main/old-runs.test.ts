/**
 * Runs that earlier versions wrote are opened and go on. test/fixtures/runs/version-1 was killed at step 28 with a
 * checkpoint of step 14 (convcanvas 0.1.0); version-1.expected.jsonl are the metrics of the same run undisturbed.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RunRecord } from '#main/host/run-record.ts';
import { type Metric, readMetrics } from '#main/runs/metrics.ts';
import { RunFolder } from '#main/runs/run-folder.ts';
import { connectEngine, RUN } from '../../engine-client.ts';
import { temporaryFolder } from '../../temporary.ts';

const FIXTURES = join(import.meta.dirname, '..', '..', 'fixtures', 'runs');

/** A copy as the killed program left it: the lock file holds the number of a process that is gone. */
function killedRun(): string {
  const folder = join(temporaryFolder(), 'run');
  cpSync(join(FIXTURES, 'version-1'), folder, { recursive: true });
  const { pid } = spawnSync(process.execPath, ['--version']);
  writeFileSync(join(folder, 'lock'), String(pid));
  return folder;
}

async function metricsIn(path: string): Promise<readonly Metric[]> {
  const all: Metric[] = [];
  for await (const metric of readMetrics(path)) all.push(metric);
  return all;
}

const stepsOf = (metrics: readonly Metric[]) => metrics.filter((metric) => metric.event === 'step');
const epochsOf = (metrics: readonly Metric[]) => metrics.filter((metric) => metric.event === 'epoch');

describe('a run of version 1', () => {
  it('is opened: its curve, its epochs and its checkpoint are there', async () => {
    const folder = killedRun();
    const record = (await RunRecord.read('old', folder))!;
    const { entry, steps, epochs, plan } = record.snapshot();
    const expected = await metricsIn(join(FIXTURES, 'version-1', 'metrics.jsonl'));
    expect([...steps.losses]).toEqual(stepsOf(expected).map(({ loss }) => loss));
    expect(steps.losses).toHaveLength(28);
    expect(epochs.map(({ epoch, valLoss }) => [epoch, valLoss])).toEqual(
      epochsOf(expected).map(({ epoch, valLoss }) => [epoch, valLoss]),
    );
    expect(plan).toMatchObject({ design: 'Version 1', steps: 42 });
    expect(entry.canResume).toBe(true);
    expect(record.saved).toEqual({ path: new RunFolder(folder).checkpoint, step: 14 });
  });

  it('goes on from its checkpoint to the losses of a run that nothing happened to', { timeout: 30_000 }, async () => {
    const folder = killedRun();
    const { client, ends, statuses, message } = connectEngine();
    expect(await client.call('run.inspect', { folder })).toMatchObject({ step: 14, device: 'cpu' });
    await client.call('run.continue', { run: RUN, folder });
    await ends();
    expect([statuses.at(-1), message()]).toEqual(['finished', '']);
    const expected = await metricsIn(join(FIXTURES, 'version-1.expected.jsonl'));
    const found = await metricsIn(new RunFolder(folder).metrics);
    expect(stepsOf(found).map(({ step }) => step)).toEqual(stepsOf(expected).map(({ step }) => step));
    // Other processors sum in another order.
    stepsOf(expected).forEach(({ loss, accuracy }, i) => {
      expect(stepsOf(found)[i]?.loss, `loss of step ${i + 1}`).toBeCloseTo(loss, 4);
      expect(stepsOf(found)[i]?.accuracy, `accuracy of step ${i + 1}`).toBeCloseTo(accuracy, 9);
    });
    epochsOf(expected).forEach(({ epoch, valLoss }, i) => {
      expect(epochsOf(found)[i]).toMatchObject({ epoch, valLoss: expect.closeTo(valLoss, 4) });
    });
    expect(found.at(-1)).toMatchObject({ event: 'end', status: 'finished' });
  });
});
