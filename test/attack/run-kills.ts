/** Kills training processes while they begin a run and while they write checkpoints: each run ends as if nothing had been. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { formatDesign } from '#core/project/design-file.ts';
import { type Random, randomStream } from '#core/random.ts';
import { DEFAULT_TRAINING } from '#core/training/settings.ts';
import { readMetrics } from '#main/runs/metrics.ts';
import { RunFolder, readCheckpoint } from '#main/runs/run-folder.ts';
import { writeDigits } from '../idx-files.ts';
import { chain, input } from '../networks.ts';
import { RUN } from '../run-id.ts';
import { startTrainingProcess } from '../training-process.ts';
import { kill, wait, withFolder } from './child.ts';
import type { Outcome } from './table.ts';

const STEPS = 12;

/** Weights of 5 MB, three times with what Adam keeps: writing them takes a while. */
const design = formatDesign({
  name: 'Killed',
  network: chain(input(1, 28), ['Flatten'], ['Dense', { units: 1600 }], ['ReLU'], ['Dense'], ['Softmax']),
  training: { ...DEFAULT_TRAINING, epochs: 100, batchSize: 20, optimizer: 'adam', learningRate: 0.001 },
  classLabels: [],
});

function requestFor(data: string, folder: string) {
  return {
    run: RUN,
    design,
    source: { type: 'folder', path: data },
    ranges: {},
    device: 'cpu',
    steps: STEPS,
    folder,
  } as const;
}

/** A training process; `ended` resolves when its run has ended, or it has. */
function startProcess() {
  const { child, engine } = startTrainingProcess();
  const ended = new Promise<string>((resolve) => {
    engine.on('run.status', ({ status, message }) => {
      if (status === 'finished' || status === 'failed') resolve(`${status}${message}`);
    });
    engine.onClose(() => resolve('killed'));
  });
  return { child, engine, ended };
}

async function outcomeOf(folder: string) {
  const losses: number[] = [];
  for await (const metric of readMetrics(new RunFolder(folder).metrics)) {
    if (metric.event === 'step') losses.push(metric.loss);
  }
  const values = (await new RunFolder(folder).latest())?.values;
  return JSON.stringify([
    losses,
    [...(values ?? [])].map(([name, { data }]) => [name, data.reduce((sum, x) => sum + x, 0)]),
  ]);
}

/** Goes on with what a kill left, in a new process, and says how that ended. */
async function goOn(data: string, folder: string): Promise<string> {
  const { child, engine, ended } = startProcess();
  if (existsSync(join(folder, 'run.json'))) await engine.call('run.continue', { run: RUN, folder });
  else await engine.call('run.start', requestFor(data, folder));
  const said = await ended;
  await kill(child);
  return said;
}

async function attack(
  name: string,
  tries: number,
  strike: (data: string, folder: string, random: Random) => Promise<{ readonly hit: boolean; readonly fault: string }>,
): Promise<Outcome> {
  return withFolder(async (folder) => {
    const data = join(folder, 'data');
    writeDigits(data, 110);
    const calm = join(folder, 'calm');
    await goOn(data, calm);
    const expected = await outcomeOf(calm);
    const faults: string[] = [];
    let hits = 0;
    for (let turn = 0; turn < tries; turn++) {
      const path = join(folder, `run-${turn}`);
      const { hit, fault } = await strike(data, path, randomStream(turn, name));
      if (hit) hits += 1;
      const ended = await goOn(data, path);
      const isSame = ended === 'finished' && (await outcomeOf(path)) === expected;
      const left = readdirSync(path).filter((file) => file.endsWith('.tmp') || file.startsWith('lock'));
      if (fault !== '') faults.push(fault);
      else if (!isSame) faults.push(ended === 'finished' ? 'other losses' : ended);
      else if (left.length > 0) faults.push(`left over: ${left.join()}`);
    }
    return {
      attack: `${name} (${hits} times in the middle of it)`,
      tries,
      survived: tries - faults.length,
      lost: [...new Set(faults)].join('; '),
    };
  });
}

const isHalfWritten = (folder: string) =>
  existsSync(folder) && readdirSync(folder).some((name) => name.startsWith('.checkpoint') && name.endsWith('.tmp'));

/** kill -9 while a checkpoint is being written beside the one before it. */
export function killCheckpoints(tries: number): Promise<Outcome> {
  return attack('kill -9 of a training process while it writes a checkpoint', tries, async (data, folder, random) => {
    const { child, engine, ended } = startProcess();
    // Each pause saves; the run is killed at one of them.
    let left = 1 + random.below(4);
    engine.on('run.status', ({ status }) => {
      if (status === 'running') void engine.call('run.pause', { run: RUN }).catch(() => undefined);
    });
    engine.on('run.saved', () => {
      left -= 1;
      void engine.call('run.resume', { run: RUN }).catch(() => undefined);
    });
    await engine.call('run.start', requestFor(data, folder));
    let isOver = false;
    void ended.then(() => {
      isOver = true;
    });
    while (!isOver && !(left <= 0 && isHalfWritten(folder))) await setImmediate();
    await wait(4 * random.uniform());
    await kill(child);
    const { checkpoint } = new RunFolder(folder);
    const step = await readCheckpoint(checkpoint).then(
      ({ position }) => position.step,
      () => 0,
    );
    return { hit: isHalfWritten(folder), fault: step === 0 ? 'no whole checkpoint' : '' };
  });
}

/** kill -9 while a run's folder is made, and just after that. */
export function killStarts(tries: number): Promise<Outcome> {
  return attack('kill -9 of a training process while it begins a run', tries, async (data, folder, random) => {
    const { child, engine, ended } = startProcess();
    let isOver = false;
    void ended.then(() => {
      isOver = true;
    });
    await engine.call('run.start', requestFor(data, folder));
    while (!isOver && !existsSync(folder)) await setImmediate();
    if (random.uniform() < 0.8) await wait(8 * random.uniform());
    await kill(child);
    return { hit: !existsSync(join(folder, 'run.json')), fault: '' };
  });
}
