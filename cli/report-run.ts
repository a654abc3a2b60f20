import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { finished } from 'node:stream/promises';
import type { Client } from '#contract/client.ts';
import type { EngineContract } from '#contract/engine.ts';
import type { RunStatus } from '#contract/schemas.ts';
import { formatLoss, formatPercent, formatWhole } from '#core/format.ts';
import { withEngine } from './engine.ts';
import { ProgressBar } from './progress.ts';

/** Options of commands that train: what is said, and where the model goes. */
export const REPORT_OPTIONS = {
  out: { type: 'string' },
  metrics: { type: 'string' },
  json: { type: 'boolean' },
} as const;

/** The one run of a command. */
export const RUN = 'command-line';

interface Wishes {
  readonly out?: string | undefined;
  readonly metrics?: string | undefined;
  readonly json?: boolean | undefined;
}

/**
 * Trains in a process of its own and says how it goes; Ctrl-C stops after the step under way.
 *
 * @param begin starts the run and answers the design's text
 */
export async function trainAndTell(
  { out, metrics: path, json = false }: Wishes,
  begin: (engine: Client<EngineContract>) => Promise<string>,
): Promise<number> {
  const metrics = path === undefined ? undefined : (await open(path, 'w')).createWriteStream();
  const written = metrics && finished(metrics);
  // A write that fails is reported once the run has ended and its model is saved.
  written?.catch(() => undefined);
  const write = (event: object) => {
    const line = JSON.stringify(event);
    if (json) console.log(line);
    metrics?.write(`${line}\n`);
  };
  try {
    return await withEngine(async (engine) => {
      const ended = follow(engine, write, json);
      const interrupt = () => void engine.call('run.stop', { run: RUN }).catch(() => undefined);
      process.on('SIGINT', interrupt);
      const design = await begin(engine);
      const { status, message } = await ended;
      process.off('SIGINT', interrupt);
      if (out !== undefined && status !== 'failed') await save(engine, design, out, json);
      if (status === 'failed') throw new Error(message);
      if (message !== '' && !json) console.log(message);
      return 0;
    });
  } finally {
    metrics?.end();
    await written;
  }
}

/** Prints what happens; resolves when the run has ended. */
function follow(
  engine: Client<EngineContract>,
  write: (event: object) => void,
  json: boolean,
): Promise<{ readonly status: RunStatus; readonly message: string }> {
  let bar: ProgressBar | undefined;
  const say = (text: string) => {
    bar?.clear();
    if (!json) console.log(text);
  };
  engine.on('run.plan', ({ plan }) => {
    bar = json ? undefined : new ProgressBar(plan);
    const note = plan.deviceNote === '' ? '' : ` (${plan.deviceNote})`;
    say(
      `${plan.data}: ${plan.trainCount} images to train on, ${plan.validateCount} held back; device ${plan.device}${note}`,
    );
    for (const warning of plan.warnings) say(`! ${warning}`);
  });
  engine.on('run.steps', ({ first, losses }) => {
    losses.forEach((loss, i) => {
      write({ event: 'step', step: first + i, loss });
    });
    bar?.draw(first + losses.length - 1, losses.at(-1) ?? 0);
  });
  engine.on('run.epoch', ({ epoch, loss, accuracy, valLoss, valAccuracy, imagesPerSecond }) => {
    write({ event: 'epoch', epoch, loss, accuracy, valLoss, valAccuracy, imagesPerSecond });
    say(
      `epoch ${epoch}: loss ${formatLoss(loss)}, accuracy ${formatPercent(accuracy)}; validation loss ${formatLoss(valLoss)}, accuracy ${formatPercent(valAccuracy)}; ${Math.round(imagesPerSecond)} images/s`,
    );
  });
  return new Promise((done) => {
    engine.on('run.status', ({ status, message }) => {
      if (status !== 'finished' && status !== 'stopped' && status !== 'failed') return;
      bar?.clear();
      done({ status, message });
    });
    engine.onClose((reason) => done({ status: 'failed', message: reason }));
  });
}

async function save(engine: Client<EngineContract>, design: string, out: string, json: boolean): Promise<void> {
  const receipt = await engine.call('model.export', {
    design,
    path: resolve(out),
    weights: { type: 'run', run: RUN },
  });
  const difference = receipt.maxDifference.toExponential(1);
  if (json) console.log(JSON.stringify({ event: 'export', ...receipt }));
  else {
    console.log(
      `${out}: ${formatWhole(receipt.bytes)} bytes, ${receipt.steps} steps; run in ONNX Runtime, it differs by at most ${difference}`,
    );
  }
}
