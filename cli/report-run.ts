import { resolve } from 'node:path';
import type { Client } from '#contract/client.ts';
import type { EngineContract } from '#contract/engine.ts';
import type { RunStatus } from '#contract/schemas.ts';
import { formatLoss, formatPercent, formatWhole } from '#core/format.ts';
import { RUN, withEngine } from './engine.ts';
import { MetricsFile } from './metrics-file.ts';
import { checkOutputs, type Outputs } from './output-files.ts';
import { ProgressBar } from './progress.ts';
import { rescueModel, rescueRun } from './rescue.ts';

/** Options of commands that train: what is said, and where the model goes. */
export const REPORT_OPTIONS = {
  out: { type: 'string' },
  metrics: { type: 'string' },
  json: { type: 'boolean' },
} as const;

interface Wishes extends Outputs {
  readonly json?: boolean | undefined;
}

interface Ended {
  readonly status: RunStatus;
  readonly message: string;
  /** Steps done, and how many of them are in the run's folder. */
  readonly step: number;
  readonly saved: number;
}

/**
 * Trains in a process of its own and says how it goes; Ctrl-C stops after the step under way. What is to be written is
 * tried before.
 *
 * @param begin starts the run and resolves with the design's text
 */
export async function trainAndTell(
  { out, metrics: path, run, json = false }: Wishes,
  begin: (engine: Client<EngineContract>) => Promise<string>,
): Promise<number> {
  await checkOutputs({ out, metrics: path, run });
  const metrics = path === undefined ? undefined : new MetricsFile(resolve(path), (text) => console.error(text));
  const write = (event: object) => {
    if (json) console.log(JSON.stringify(event));
    metrics?.append(event);
  };
  try {
    return await withEngine(async (engine) => {
      const ended = follow(engine, write, json);
      const interrupt = () => void engine.call('run.stop', { run: RUN }).catch(() => undefined);
      process.on('SIGINT', interrupt);
      const design = await begin(engine);
      const { status, message, step, saved } = await ended;
      process.off('SIGINT', interrupt);
      const troubles: Error[] = [];
      if (status !== 'failed' && run !== undefined && saved < step) troubles.push(await rescueRun(engine, run));
      if (out !== undefined && status !== 'failed') {
        await save(engine, design, out, json).catch(async (error: unknown) => {
          troubles.push(await rescueModel(engine, design, error));
        });
      }
      await metrics?.close().catch((error: Error) => troubles.push(error));
      if (status === 'failed') throw new Error(message);
      if (message !== '') (json ? console.error : console.log)(message);
      if (troubles.length > 0) throw new Error(troubles.map((trouble) => trouble.message).join('\n'));
      return 0;
    });
  } finally {
    await metrics?.close().catch(() => undefined);
  }
}

/** Prints what happens; resolves when the run has ended. */
function follow(engine: Client<EngineContract>, write: (event: object) => void, json: boolean): Promise<Ended> {
  let [step, saved] = [0, 0];
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
    step = first + losses.length - 1;
    bar?.draw(step, losses.at(-1) ?? 0);
  });
  engine.on('run.saved', (checkpoint) => {
    saved = checkpoint.step;
  });
  engine.on('run.epoch', ({ epoch, loss, accuracy, valLoss, valAccuracy, imagesPerSecond }) => {
    write({ event: 'epoch', epoch, loss, accuracy, valLoss, valAccuracy, imagesPerSecond });
    say(
      `epoch ${epoch}: loss ${formatLoss(loss)}, accuracy ${formatPercent(accuracy)}; validation loss ${formatLoss(valLoss)}, accuracy ${formatPercent(valAccuracy)}; ${Math.round(imagesPerSecond)} images/s`,
    );
  });
  return new Promise((done) => {
    engine.on('run.status', ({ status, message }) => {
      const hasEnded = status === 'finished' || status === 'stopped' || status === 'failed';
      if (hasEnded || message !== '') bar?.clear();
      if (hasEnded) done({ status, message, step, saved });
      else if (message !== '') console.error(message);
    });
    engine.onClose((reason) => done({ status: 'failed', message: reason, step, saved }));
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
