import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { finished } from 'node:stream/promises';
import type { Client } from '#contract/client.ts';
import type { EngineContract } from '#contract/engine.ts';
import { DEVICES, type DeviceChoice, type RunStatus } from '#contract/schemas.ts';
import { formatLoss, formatPercent, formatWhole } from '#core/format.ts';
import { formatDesign } from '#core/project/design-file.ts';
import { readDataArgument } from './data-argument.ts';
import { readDesignArgument } from './design-argument.ts';
import { triedGpu, withEngine } from './engine.ts';
import { parseOptions, rangeOption, wholeOption } from './options.ts';
import { ProgressBar } from './progress.ts';
import { TRAINING_OPTIONS, trainingSettings } from './training-options.ts';
import { UsageError } from './usage-error.ts';

const OPTIONS = {
  data: { type: 'string' },
  'train-range': { type: 'string' },
  'validate-range': { type: 'string' },
  epochs: { type: 'string' },
  steps: { type: 'string' },
  device: { type: 'string' },
  from: { type: 'string' },
  out: { type: 'string' },
  metrics: { type: 'string' },
  json: { type: 'boolean' },
} as const;
type Values = ReturnType<typeof parseOptions<typeof OPTIONS>>['values'];

/** `train <file|template> --data …`: trains a design and says how it goes. */
export async function train(args: readonly string[]): Promise<number> {
  const { values, words } = parseOptions(args, { ...TRAINING_OPTIONS, ...OPTIONS }, 1);
  const design = await readDesignArgument(words[0]);
  const training = trainingSettings(values, design.training);
  const device = deviceFrom(values.device);
  const request = {
    design: formatDesign({ ...design, training }),
    source: readDataArgument(values.data),
    ranges: rangesFrom(values),
    device,
    ...(device !== 'cpu' && { gpu: await triedGpu() }),
    ...stepsFrom(values),
    ...(values.from !== undefined && { from: resolve(values.from) }),
  };
  const metrics = values.metrics === undefined ? undefined : (await open(values.metrics, 'w')).createWriteStream();
  const written = metrics && finished(metrics);
  // A write that fails is reported once the run has ended and its model is saved.
  written?.catch(() => undefined);
  const write = (event: object) => {
    const line = JSON.stringify(event);
    if (values.json) console.log(line);
    metrics?.write(`${line}\n`);
  };
  try {
    return await withEngine(async (engine) => {
      const ended = follow(engine, write, values.json === true);
      const interrupt = () => void engine.call('run.stop', {}).catch(() => undefined);
      process.on('SIGINT', interrupt);
      await engine.call('run.start', request);
      const { status, message } = await ended;
      process.off('SIGINT', interrupt);
      if (values.out !== undefined && status !== 'failed') await save(engine, request, resolve(values.out), values);
      if (status === 'failed') throw new Error(message);
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
  engine.on('run.plan', (plan) => {
    bar = json ? undefined : new ProgressBar(plan);
    const note = plan.deviceNote === '' ? '' : ` (${plan.deviceNote})`;
    say(
      `${plan.data}: ${plan.trainCount} images to train on, ${plan.validateCount} held back; device ${plan.device}${note}`,
    );
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

async function save(
  engine: Client<EngineContract>,
  request: { readonly design: string },
  path: string,
  values: Values,
): Promise<void> {
  const receipt = await engine.call('model.export', { design: request.design, path });
  const difference = receipt.maxDifference.toExponential(1);
  if (values.json) console.log(JSON.stringify({ event: 'export', ...receipt }));
  else {
    console.log(
      `${values.out}: ${formatWhole(receipt.bytes)} bytes, ${receipt.steps} steps; run in ONNX Runtime, it differs by at most ${difference}`,
    );
  }
}

function rangesFrom(values: Values) {
  const train = rangeOption('train-range', values['train-range']);
  const validate = rangeOption('validate-range', values['validate-range']);
  return { ...(train && { train }), ...(validate && { validate }) };
}

function stepsFrom(values: Values) {
  if (values.steps !== undefined && values.epochs !== undefined) {
    throw new UsageError('Give --epochs or --steps, not both.');
  }
  const steps = wholeOption('steps', values.steps, 1);
  return steps === undefined ? {} : { steps };
}

function deviceFrom(word: string | undefined): DeviceChoice {
  if (word === undefined) return 'auto';
  const found = DEVICES.find((device) => device === word);
  if (found === undefined) throw new UsageError(`--device needs one of ${DEVICES.join(', ')}, got "${word}".`);
  return found;
}
