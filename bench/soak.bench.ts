import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { formatDesign } from '#core/project/design-file.ts';
import { findTemplate } from '#core/templates/index.ts';
import { findRecipe, withRecipe } from '#core/training/recipes/index.ts';
import { startTrainingProcess } from '../test/training-process.ts';
import { median } from './report.ts';

/** Minutes in all, minutes of warm-up, and seconds between two looks; SOAK_MINUTES sets the first. */
const MINUTES = Number(process.env['SOAK_MINUTES'] ?? 60);
const WARM_UP = Math.min(5, MINUTES / 6);
const EVERY = 5;

export const title = `memory of the training process over ${MINUTES} minutes`;

/** Runs only where it is named. */
export const long = true;

/** Kilobytes of a process that are in memory. */
function memoryOf(pid: number): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }).trim());
}

/** Trains LeNet-5 as the app does, with augmentation, checkpoints and pictures, and watches the process's memory. */
export async function run(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'convcanvas-soak-'));
  const { child, engine } = startTrainingProcess();
  let steps = 0;
  engine.on('run.steps', ({ first, losses }) => {
    steps = first + losses.length - 1;
  });
  const ended = new Promise<string>((resolve) => {
    engine.on('run.status', ({ status, message }) => {
      if (status === 'failed' || status === 'finished') resolve(`${status}: ${message}`);
    });
    engine.onClose(resolve);
  });
  try {
    const design = findTemplate('lenet5')!.create();
    const recipe = findRecipe('digits')!;
    const training = { ...withRecipe(design.training, recipe), schedule: 'constant', epochs: 100_000 } as const;
    await engine.call('run.watch', { run: 'soak', filters: true, activations: [0] });
    await engine.call('run.start', {
      run: 'soak',
      design: formatDesign({ ...design, training: { ...training, learningRate: 0.0005, mixup: 0.2 } }),
      source: { type: 'digits' },
      ranges: {},
      device: 'cpu',
      folder: join(folder, 'run'),
    });
    const looks: { readonly minute: number; readonly kilobytes: number }[] = [];
    const begin = performance.now();
    const minute = () => (performance.now() - begin) / 60_000;
    while (minute() < MINUTES) {
      const early = await Promise.race([ended, setTimeout(1000 * EVERY)]);
      if (early !== undefined) throw new Error(`The run ended before the time was over: ${early}`);
      looks.push({ minute: minute(), kilobytes: memoryOf(child.pid as number) });
    }
    const within = (from: number, to: number) =>
      median(looks.flatMap((look) => (look.minute >= from && look.minute < to ? [look.kilobytes] : [])));
    const [first, last] = [within(WARM_UP, 2 * WARM_UP), within(MINUTES - WARM_UP, MINUTES + 1)];
    const most = Math.max(...looks.map(({ kilobytes }) => kilobytes));
    const megabytes = (kilobytes: number) => `${(kilobytes / 1024).toFixed(1)} MB`;
    console.log(
      `  ${steps} steps; ${megabytes(first)} after ${WARM_UP.toFixed(1)} minutes, ${megabytes(last)} in the last ${WARM_UP.toFixed(1)} (at most ${megabytes(most)}): ${((100 * (last - first)) / first).toFixed(1)} % more`,
    );
  } finally {
    engine.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
