import { resolve } from 'node:path';
import { DEVICES, type DeviceChoice } from '#contract/schemas.ts';
import { formatDesign } from '#core/project/design-file.ts';
import { readDataArgument } from './data-argument.ts';
import { readDesignArgument } from './design-argument.ts';
import { triedGpu } from './engine.ts';
import { parseOptions, rangeOption, wholeOption } from './options.ts';
import { REPORT_OPTIONS, trainAndTell } from './report-run.ts';
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
  run: { type: 'string' },
  ...REPORT_OPTIONS,
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
    ...(values.run !== undefined && { folder: resolve(values.run) }),
  };
  return trainAndTell(values, async (engine) => {
    await engine.call('run.start', request);
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
