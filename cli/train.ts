import { resolve } from 'node:path';
import { DEVICES, type DeviceChoice } from '#contract/schemas.ts';
import { formatDesign } from '#core/project/design-file.ts';
import { DATA_OPTIONS, readDataArgument } from './data-argument.ts';
import { readDesignArgument } from './design-argument.ts';
import { RUN, triedDevices } from './engine.ts';
import { parseOptions, rangeOption, wholeOption } from './options.ts';
import { REPORT_OPTIONS, trainAndTell } from './report-run.ts';
import { TRAINING_OPTIONS, withTrainingOptions } from './training-options.ts';
import { UsageError } from './usage-error.ts';

const OPTIONS = {
  ...DATA_OPTIONS,
  'train-range': { type: 'string' },
  'validate-range': { type: 'string' },
  epochs: { type: 'string' },
  steps: { type: 'string' },
  device: { type: 'string' },
  from: { type: 'string' },
  run: { type: 'string' },
  ...REPORT_OPTIONS,
} as const;
type Values = ReturnType<typeof parseOptions<typeof OPTIONS>>['values'];

/** `train <file|template> --data …`: trains a design and says how it goes. */
export async function train(args: readonly string[]): Promise<number> {
  const { values, words } = parseOptions(args, { ...TRAINING_OPTIONS, ...OPTIONS }, 1);
  const design = withTrainingOptions(values, await readDesignArgument(words[0]));
  const device = deviceFrom(values.device);
  const request = {
    run: RUN,
    design: formatDesign(design),
    source: readDataArgument(values),
    ranges: rangesFrom(values),
    device,
    ...stepsFrom(values),
    ...(values.from !== undefined && { from: resolve(values.from) }),
    ...(values.run !== undefined && { folder: resolve(values.run) }),
  };
  return trainAndTell(values, async (engine) => {
    await engine.call('run.start', { ...request, ...(device !== 'cpu' && { trials: await triedDevices() }) });
    return request.design;
  });
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
