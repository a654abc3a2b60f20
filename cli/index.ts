import { plainText } from '#core/plain-text.ts';
import { devices } from './devices.ts';
import { diagram } from './diagram.ts';
import { diff } from './diff.ts';
import { evaluate } from './evaluate.ts';
import { exportModel } from './export.ts';
import { inspect } from './inspect.ts';
import { resume } from './resume.ts';
import { serve } from './serve.ts';
import { templates } from './templates.ts';
import { train } from './train.ts';
import { trainingHelp } from './training-options.ts';
import { UsageError } from './usage-error.ts';

interface Command {
  readonly usage: string;
  readonly summary: string;
  run(args: readonly string[]): Promise<number>;
}

const COMMANDS: { readonly [name: string]: Command } = {
  templates: { usage: 'templates [--json]', summary: 'the networks that come with ConvCanvas', run: templates },
  devices: { usage: 'devices [--json]', summary: 'what this machine can train on', run: devices },
  inspect: {
    usage: 'inspect <file|template> [--json] [--batch N]',
    summary: 'shapes, params, MACs, memory and problems; exit code 1 where one stops training',
    run: inspect,
  },
  diff: {
    usage: 'diff <file|template> <file|template> [--json]',
    summary: 'what changed from the first design to the second; exit code 0: nothing, 1: something, 2: trouble',
    run: diff,
  },
  train: {
    usage: `train <file|template> --data <folder|builtin:digits>
      [--image-size 64] [--train-range 0:9000] [--validate-range 9000:10000] [--steps N] [--device auto|cpu|webgpu]
      [--from weights.onnx] [--run folder] [--out model.onnx] [--metrics run.jsonl] [--json]
      ${wrap(trainingHelp())}`,
    summary: 'train a design; Ctrl-C stops after the step under way and still writes the model',
    run: train,
  },
  resume: {
    usage: 'resume <run folder> [--out model.onnx] [--metrics run.jsonl] [--json]',
    summary: 'go on with a run of train --run that was stopped or killed, from its latest checkpoint',
    run: resume,
  },
  evaluate: {
    usage: 'evaluate <model.onnx> --data <folder|builtin:digits> [--image-size 64] [--range 9000:10000] [--json]',
    summary: 'loss and accuracy of a model on held-back images',
    run: evaluate,
  },
  export: {
    usage: 'export <file|template> -o model.onnx [--seed N] [--json]',
    summary: 'a design with its first weights as an ONNX file',
    run: exportModel,
  },
  diagram: {
    usage: `diagram <file|template> --out figure.svg [--style layers|volumes] [--theme light|dark]
      [--direction horizontal|vertical] [--blocks collapsed|expanded|once] [--no-fold] [--no-wrap] [--json]`,
    summary: 'the drawn network as a figure',
    run: diagram,
  },
  serve: { usage: 'serve [--port N] [--open]', summary: 'the app in a browser, on this machine only', run: serve },
};

/** Words on lines of a readable length. */
function wrap(words: readonly string[]): string {
  return words.reduce((text, word) => {
    const line = text.slice(text.lastIndexOf('\n') + 1);
    return `${text}${line.length + word.length > 105 ? '\n      ' : ' '}${word}`;
  });
}

function help(): string {
  const commands = Object.values(COMMANDS).map(({ usage, summary }) => `  ${usage}\n      ${summary}`);
  return `convcanvas ${__VERSION__}: design, train and export convolutional networks\n\n${commands.join('\n')}`;
}

async function main(): Promise<number> {
  const [name, ...args] = process.argv.slice(2);
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    console.log(help());
    return name === undefined ? 2 : 0;
  }
  if (name === '--version') {
    console.log(__VERSION__);
    return 0;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    console.error(`There is no command "${name}"; convcanvas --help lists them.`);
    return 2;
  }
  try {
    return await command.run(args);
  } catch (error) {
    // A message may quote names of files, which may hold what a terminal obeys.
    console.error(plainText(error instanceof Error ? error.message : String(error)));
    if (!(error instanceof UsageError)) return 1;
    console.error(`usage: convcanvas ${command.usage}`);
    return 2;
  }
}

process.exitCode = await main();
