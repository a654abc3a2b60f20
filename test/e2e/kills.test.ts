/** The training process is killed at random steps: every run ends as one that nothing happened to. `KILLS=50` tries longer. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatDesign } from '#core/project/design-file.ts';
import { randomStream } from '#core/random.ts';
import { DEFAULT_TRAINING } from '#core/training/settings.ts';
import { readMetrics } from '#main/runs/metrics.ts';
import { RunFolder } from '#main/runs/run-folder.ts';
import { writeDigits } from '../idx-files.ts';
import { chain, conv, input } from '../networks.ts';
import { temporaryFolder } from '../temporary.ts';
import { startTrainingProcess } from '../training-process.ts';

const KILLS = Number(process.env['KILLS'] ?? 10);
const STEPS = 60;
const RUN = 'killed';

/** All that a run carries from step to step: moments, running statistics, masks, a plateau, changed pictures. */
const design = formatDesign({
  name: 'Killed',
  network: chain(
    input(1, 28),
    conv(8, 5, 1, 2),
    ['BatchNormalization'],
    ['ReLU'],
    ['MaxPooling2D'],
    ['Flatten'],
    ['Dropout'],
    ['Dense'],
    ['Softmax'],
  ),
  training: {
    ...DEFAULT_TRAINING,
    epochs: 10,
    batchSize: 30,
    learningRate: 0.003,
    optimizer: 'adam',
    schedule: 'plateau',
    patience: 1,
    shift: 0.1,
    rotation: 10,
    mixup: 0.2,
  },
  classLabels: [],
});

/** A training process; `ended` resolves when its run has ended, or it has. */
function startProcess() {
  const { child, engine } = startTrainingProcess();
  const ended = new Promise<string>((resolve) => {
    engine.on('run.status', ({ status, message }) => {
      if (status === 'finished' || status === 'failed') resolve(`${status}${message}`);
    });
    engine.onClose(() => resolve('killed'));
  });
  return { engine, child, ended };
}

async function outcome(folder: string) {
  const losses: number[] = [];
  const epochs: number[] = [];
  for await (const metric of readMetrics(new RunFolder(folder).metrics)) {
    if (metric.event === 'step') losses.push(metric.loss);
    if (metric.event === 'epoch') epochs.push(metric.valLoss);
  }
  return { losses, epochs, weights: (await new RunFolder(folder).latest())?.values };
}

describe('kill -9 of the training process', () => {
  it(`${KILLS} times at a random step: each run goes on, and ends with the same losses and weights`, {
    timeout: 600_000,
  }, async () => {
    const data = temporaryFolder();
    writeDigits(data, 200);
    const request = (folder: string) =>
      ({
        run: RUN,
        design,
        source: { type: 'folder', path: data },
        ranges: {},
        device: 'cpu',
        steps: STEPS,
        folder,
      }) as const;
    const whole = join(temporaryFolder(), 'whole');
    const undisturbed = startProcess();
    await undisturbed.engine.call('run.start', request(whole));
    expect(await undisturbed.ended).toBe('finished');
    undisturbed.engine.close();
    const expected = await outcome(whole);
    expect(expected.losses).toHaveLength(STEPS);

    const random = randomStream(1, 'kills');
    let resumed = 0;
    for (let turn = 0; turn < KILLS; turn++) {
      const folder = join(temporaryFolder(), `killed-${turn}`);
      const step = 1 + random.below(STEPS - 2);
      const killed = startProcess();
      killed.engine.on('run.steps', ({ first, losses }) => {
        if (first + losses.length > step) killed.child.kill('SIGKILL');
      });
      await killed.engine.call('run.start', request(folder)).catch(() => undefined);
      const before = await killed.ended;
      if (before !== 'killed') killed.engine.close(); // it was faster than the signal
      if (existsSync(new RunFolder(folder).checkpoint)) resumed += 1;
      const again = startProcess();
      await again.engine.call('run.continue', { run: RUN, folder });
      expect(await again.ended, `turn ${turn}, killed at step ${step}`).toBe('finished');
      again.engine.close();
      const found = await outcome(folder);
      expect(found.losses, `losses of turn ${turn}, killed at step ${step}`).toEqual(expected.losses);
      expect(found.epochs).toEqual(expected.epochs);
      expect(found.weights).toEqual(expected.weights);
    }
    // Most of them had a checkpoint to go on from.
    expect(resumed).toBeGreaterThan(KILLS / 2);
  });
});
