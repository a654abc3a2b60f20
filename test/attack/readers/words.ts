import type { IncomingMessage } from 'node:http';
import { DATA_OPTIONS, readDataArgument } from '#cli/data-argument.ts';
import { readDesignArgument } from '#cli/design-argument.ts';
import { choiceOption, parseOptions, rangeOption, wholeOption } from '#cli/options.ts';
import { TRAINING_OPTIONS, withTrainingOptions } from '#cli/training-options.ts';
import { CallError } from '#contract/define.ts';
import { engineContract } from '#contract/engine.ts';
import { DEVICES } from '#contract/schemas.ts';
import { DIAGRAM_CHOICES } from '#core/diagram/options.ts';
import { formatDesign, parseDesign } from '#core/project/design-file.ts';
import type { Random } from '#core/random.ts';
import { describeFaults, schemaWords } from '#core/schema-words.ts';
import { Access } from '#main/server/access.ts';
import { Exports } from '#main/server/exports.ts';
import { mutateText, mutateValue, pick } from '../mutate.ts';
import { need, type Reader } from './define.ts';

const STRING = { type: 'string' } as const;
const OPTIONS = {
  ...{ ...DATA_OPTIONS, 'train-range': STRING, 'validate-range': STRING, steps: STRING, device: STRING, style: STRING },
  json: { type: 'boolean' },
  out: { type: 'string', short: 'o' },
} as const;

const LINES: readonly (readonly string[])[] = [
  ['lenet5', '--data', 'builtin:digits', '--train-range', '0:9000', '--steps', '10', '--device', 'cpu'],
  [
    'pattern:n=2,m=3,k=1,pool=false',
    '--data',
    'folder',
    '--image-size',
    '48x64',
    '--learning-rate',
    '0.1',
    '--seed',
    '7',
  ],
  ['lenet5', '--data', 'folder', '--recipe', 'resnet', '--optimizer', 'adam', '--schedule=cosine', '--no-shuffle'],
  [
    'pattern',
    '--data=builtin:digits',
    '--batch-size',
    '64',
    '--epochs',
    '3',
    '-o',
    'x.svg',
    '--style',
    'volumes',
    '--json',
  ],
];
const WORDS = [
  '__proto__',
  'constructor',
  'toString',
  '--',
  '-',
  '',
  ' ',
  '--=',
  '--json=x',
  '-oo',
  'pattern:',
  '=',
  '1e308',
];

/** Words that take the place of others. */
function mutateWords(random: Random, words: readonly string[]): readonly string[] {
  const changed = [...words];
  for (let left = 1 + random.below(3); left > 0; left--) {
    const at = random.below(changed.length);
    const way = random.below(4);
    if (way === 0) changed.splice(at, random.below(2), pick(random, WORDS));
    else if (way === 1) changed.splice(at, 1);
    else if (way === 2) changed.splice(at, 0, pick(random, pick(random, LINES)));
    else changed[at] = mutateText(random, changed[at] ?? '', WORDS);
    if (changed.length === 0) return changed;
  }
  return changed;
}

const commandLine: Reader = {
  name: 'words on the command line',
  share: 22_000,
  open: () => async (random) => {
    const args = mutateWords(random, pick(random, LINES));
    const { values, words } = parseOptions(args, { ...TRAINING_OPTIONS, ...OPTIONS }, 1);
    // A word that names a file is one: there is none of that name here.
    const design = withTrainingOptions(values, await readDesignArgument(words[0]));
    const ranges = {
      train: rangeOption('train-range', values['train-range']),
      validate: rangeOption('validate-range', values['validate-range']),
    };
    choiceOption('style', values.style, DIAGRAM_CHOICES.style);
    const device = DEVICES.find((one) => one === values.device) ?? 'cpu';
    const steps = wholeOption('steps', values.steps, 1);
    const text = formatDesign(design);
    const request = {
      run: 'x',
      design: text,
      source: readDataArgument(values),
      ranges,
      device,
      ...(steps && { steps }),
    };
    const { error } = engineContract.calls['run.start'].input.safeParse(request, { error: schemaWords });
    if (error !== undefined) throw new CallError('bad-input', describeFaults(error));
    need(formatDesign(parseDesign(text)) === text, 'its design cannot be opened');
    return true;
  },
};

const addresses: Reader = {
  name: 'addresses of the server',
  share: 10_000,
  open: () => {
    const token = 'a'.repeat(32);
    const access = new Access(token, 8080);
    const exports = new Exports();
    const valid = { host: '127.0.0.1:8080', origin: 'http://127.0.0.1:8080' };
    return (random) => {
      const url = mutateText(random, `/${token}/exports/3f2c7e0a/x.onnx`, [`/${token}/socket`]);
      const headers = mutateValue(random, valid);
      if (typeof headers !== 'object' || headers === null) return false;
      const request = { url, headers } as IncomingMessage;
      const allowed = access.check(request);
      access.checkUpgrade(request);
      if ('refused' in allowed) return false;
      exports.find(allowed.path);
      return true;
    };
  },
};

export const wordReaders: readonly Reader[] = [commandLine, addresses];
