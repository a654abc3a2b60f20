/** A run on a disk of 1 MB that is full for a while, again and again: nothing is lost, and it is said when and why. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '#contract/client.ts';
import type { EngineContract } from '#contract/engine.ts';
import { formatDesign } from '#core/project/design-file.ts';
import { DEFAULT_TRAINING } from '#core/training/settings.ts';
import { RunFolder } from '#main/runs/run-folder.ts';
import { writeDigits } from '../idx-files.ts';
import { chain, input } from '../networks.ts';
import { RUN } from '../run-id.ts';
import { engineOf } from '../training-process.ts';
import { kill, wait, withFolder } from './child.ts';
import type { Outcome } from './table.ts';

const TRAINING = join(import.meta.dirname, '..', '..', 'out', 'main', 'training.js');
/** Mounts a disk of 1 MB where nobody else sees it, then becomes the program. */
const ON_SMALL_DISK = 'mount -t tmpfs -o size=1m tmpfs "$0" && exec "$@"';
/** As root, or as a user who may make a user namespace of their own. */
const WAYS = [['-m'], ['-rm']] as const;

function wayToMount(folder: string): readonly string[] | undefined {
  const works = (way: readonly string[]) =>
    spawnSync('unshare', [...way, 'sh', '-c', ON_SMALL_DISK, folder, 'true'], { stdio: 'ignore' }).status === 0;
  return process.platform === 'linux' ? WAYS.find(works) : undefined;
}

/** Whether a disk of our own can be mounted here. */
export function canMount(): boolean {
  return wayToMount(import.meta.dirname) !== undefined;
}

const STEPS = 1500;
const design = formatDesign({
  name: 'Crowded',
  network: chain(input(1, 28), ['Flatten'], ['Dense'], ['Softmax']),
  training: { ...DEFAULT_TRAINING, epochs: 1000, batchSize: 10, optimizer: 'adam', learningRate: 0.001 },
  classLabels: [],
});

/** Trains to the end; `onStep` may do something to the disk meanwhile. */
async function train(
  child: ChildProcess,
  data: string,
  folder: string,
  onStep: (step: number, engine: Client<EngineContract>) => void,
) {
  const engine = engineOf(child);
  const said: string[] = [];
  engine.on('run.steps', ({ first, losses }) => onStep(first + losses.length - 1, engine));
  const ended = new Promise<string>((resolve) => {
    engine.on('run.status', ({ status, message }) => {
      if (message !== '') said.push(message);
      if (status === 'finished' || status === 'failed') resolve(status);
    });
    engine.onClose(resolve);
  });
  const source = { type: 'folder', path: data } as const;
  await engine.call('run.start', { run: RUN, design, source, ranges: {}, device: 'cpu', steps: STEPS, folder });
  return { status: await ended, said };
}

/** Steps and losses of a run, line by line: a torn line throws. */
function lossesIn(folder: string): string {
  const lines = readFileSync(join(folder, 'metrics.jsonl'), 'utf8').trimEnd().split('\n');
  const metrics = lines.map((line) => JSON.parse(line) as { event: string; step?: number; loss?: number });
  return JSON.stringify(metrics.flatMap(({ event, step, loss }) => (event === 'step' ? [[step, loss]] : [])));
}

function fill(path: string): void {
  for (const block of [65_536, 4096, 64]) {
    try {
      for (let i = 0; i < 64; i++) appendFileSync(path, Buffer.alloc(block));
    } catch {
      // Full for blocks of this size.
    }
  }
}

/** @param tries how often the disk is full, for a second or two each time */
export function fillDisk(tries: number): Promise<Outcome> {
  return withFolder(async (folder) => {
    const [data, disk, calm] = [join(folder, 'data'), join(folder, 'disk'), join(folder, 'calm')];
    mkdirSync(disk);
    writeDigits(data, 110);
    const start = (command: string, ...args: readonly string[]) =>
      spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], serialization: 'advanced' });
    const undisturbed = start(process.execPath, TRAINING);
    await train(undisturbed, data, calm, () => undefined);
    await kill(undisturbed);

    const way = wayToMount(disk);
    if (way === undefined) throw new Error('No disk can be mounted here.');
    const child = start('unshare', ...way, 'sh', '-c', ON_SMALL_DISK, disk, process.execPath, TRAINING);
    // The disk as the process sees it.
    const inside = join(`/proc/${child.pid}/root`, disk);
    const filler = join(inside, 'filler');
    let filled = 0;
    let isFull = false;
    const { status, said } = await train(child, data, join(disk, 'run'), (step, engine) => {
      if (filled === tries || isFull || step < ((filled + 0.5) * STEPS) / tries) return;
      filled += 1;
      isFull = true;
      fill(filler);
      // A fast computer would be done before the disk is full again.
      void engine.call('run.pause', { run: RUN });
      void wait(1500).then(async () => {
        rmSync(filler);
        isFull = false;
        await engine.call('run.resume', { run: RUN });
      });
    });
    // What was left for when there is room again is written then; the run's lock is released after that.
    const copy = join(folder, 'copy');
    for (let i = 0; i < 300 && existsSync(join(inside, 'run', 'lock')); i++) await wait(100);
    cpSync(join(inside, 'run'), copy, { recursive: true });
    await kill(child);
    const told = said.filter(
      (text) => text.startsWith('The run cannot be saved: ') && text.includes('the disk is full'),
    );
    const faults = [
      status === 'finished' ? '' : status,
      lossesIn(copy) === lossesIn(calm) ? '' : 'steps',
      told.length === 0 ? 'nothing was said' : '',
      (await new RunFolder(copy).savedStep()) === STEPS ? '' : 'the last checkpoint',
    ].filter((text) => text !== '');
    return {
      attack: `a disk that is full for 1.5 s, ${filled} times (${new Set(told).size} different messages)`,
      tries: filled,
      survived: faults.length === 0 ? filled : 0,
      lost: faults.join(', '),
    };
  });
}
