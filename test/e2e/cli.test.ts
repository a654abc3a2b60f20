/** The command line, as it is built. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { drawDiagram } from '#core/diagram/diagram.ts';
import { DEFAULT_DIAGRAM } from '#core/diagram/options.ts';
import { propagate } from '#core/network/propagate.ts';
import { readModel } from '#core/onnx/decode.ts';
import { formatDesign, parseDesign } from '#core/project/design-file.ts';
import { findTemplate, TEMPLATES } from '#core/templates/index.ts';
import { DEFAULT_TRAINING } from '#core/training/settings.ts';
import { FACTS } from '../facts.ts';
import { writeDigits } from '../idx-files.ts';
import { chain, conv, input, type Step } from '../networks.ts';
import { temporaryFolder } from '../temporary.ts';
import { realData, root } from './paths.ts';

const BIN = join(root, 'bin', 'convcanvas');

function cli(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], { encoding: 'utf8' });
  return { code: status, stdout, stderr };
}

/** Runs a command that must succeed, and answers the JSON it prints. */
function json(...args: readonly string[]) {
  const { code, stdout, stderr } = cli(...args, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout);
}

const lines = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

function designFile(steps: readonly Step[]): string {
  const path = join(temporaryFolder(), 'design.convcanvas');
  const design = { name: 'Test', network: chain(...steps), training: DEFAULT_TRAINING, classLabels: [] };
  writeFileSync(path, formatDesign(design));
  return path;
}

describe('inspect', () => {
  it.each(Object.entries(FACTS.networks))('%s has the totals of the lecture', (id, fact) => {
    const report = json('inspect', id);
    expect(report.problems).toEqual([]);
    expect(report.totals).toMatchObject(fact.total);
    const rows = report.layers.filter((layer: { activationBytes: number }) => layer.activationBytes > 0);
    expect(
      rows.map((row: Record<string, unknown>) => [
        row['outputShape'],
        row['weights'],
        row['macs'],
        row['receptiveField'],
      ]),
    ).toEqual(fact.rows.map((row) => [row.shape, row.weights, row.macs, row.receptiveField]));
  });

  it.each(FACTS.fit.map((fact) => [fact.id, fact] as const))('fit %s', (_, { n, f, s, p, expect: expected }) => {
    const { code, stdout } = cli('inspect', designFile([input(1, n), conv(1, f, s, p)]), '--json');
    const { fit } = JSON.parse(stdout).layers[1];
    expect(fit).toMatchObject({ ...expected, formula: expect.closeTo(expected.formula, 9) });
    expect(code).toBe(expected.status === 'impossible' ? 1 : 0);
  });

  it('calls a fit impossible wherever there is no output, and offers what helps the whole network', () => {
    const padded = JSON.parse(cli('inspect', designFile([input(1, 28), conv(6, 5, 1, 1000)]), '--json').stdout);
    expect(padded.layers[1]).toMatchObject({ outputShape: null, fit: { status: 'impossible', out: 0 } });
    expect(padded.layers[1].fit.message).toBe(padded.problems[0].message);
    const steps = [input(1, 28), conv(6, 50, 1, 2), ['MaxPooling2D'] as const, ['Flatten'] as const];
    const large = JSON.parse(cli('inspect', designFile(steps), '--json').stdout);
    expect(large.layers[1].fit).toMatchObject({ status: 'impossible', out: 0, formula: -17 });
    // F = 32 would give 1×1, which the POOL behind cannot halve.
    expect(large.problems[0].fixes).toEqual(['Set padding P to 12', 'Set kernel size F to 31']);
  });

  it('ends with 1 where a problem stops training, and says which layer and what to do', () => {
    const { code, stdout } = cli('inspect', designFile([input(1, 8), conv(4, 3), ['Dense']]), '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout).problems).toEqual([
      {
        code: 'needs-vector',
        layer: 'fc1',
        message: 'FC needs a vector; put a FLATTEN before it (got 6×6×4).',
        fixes: ['Insert FLATTEN'],
      },
    ]);
  });

  it('counts training memory for a batch of the size given', () => {
    const [small, large] = [json('inspect', 'lenet5', '--batch', '1'), json('inspect', 'lenet5', '--batch', '101')];
    expect(large.totals.trainingBytes - small.totals.trainingBytes).toBe(100 * large.totals.activationBytes);
  });

  it('counts no gradients and nothing for the optimizer of frozen layers', () => {
    const design = (trainable: boolean) =>
      designFile([input(1, 8), ['Flatten'], ['Dense', { units: 5, trainable }], ['Dense']]);
    const [whole, frozen] = [json('inspect', design(true)), json('inspect', design(false))];
    // 64 · 5 + 5 params, of which neither the gradient nor the velocity is there.
    expect(whole.totals.trainingBytes - frozen.totals.trainingBytes).toBe(4 * 2 * 325);
    expect(frozen.totals).toMatchObject({ params: 385, trainableParams: 60 });
    expect(cli('inspect', design(false)).stdout).toContain('385 params, 325 of them frozen, ');
    const diff = JSON.parse(cli('diff', design(true), design(false), '--json').stdout);
    expect(diff.totals.before.trainingBytes - diff.totals.after.trainingBytes).toBe(4 * 2 * 325);
  });

  it('prints a table for people', () => {
    const { stdout } = cli('inspect', 'lenet5');
    expect(stdout).toContain('conv2     Conv2D        10×10×16   2,416  240,000  14     exact');
    expect(stdout).toContain('61,706 params, 416,520 MACs an image');
  });

  it('refuses a design file with a missing field: which, and what to add', () => {
    const path = join(temporaryFolder(), 'bad.convcanvas');
    const text = formatDesign(findTemplate('lenet5')!.create()).replace('"filters": 6, ', '');
    writeFileSync(path, text);
    const { code, stderr } = cli('inspect', path);
    expect(code).toBe(1);
    expect(stderr).toContain('layers[1].fields.filters: is missing; it needs a whole number from 1 to 65536');
    expect(readFileSync(path, 'utf8')).toBe(text);
  });
});

describe('templates and devices', () => {
  it('list what there is', () => {
    expect(json('templates')).toEqual(
      TEMPLATES.map(({ id, title, family, summary }) => ({ id, title, family, summary })),
    );
    expect(cli('templates').stdout).toMatch(/^resnet50 +ResNet-50 +Residual +Sixteen bottlenecks/m);
    const devices = json('devices');
    expect(devices[0]).toMatchObject({ id: 'cpu', available: true, imagesPerSecond: expect.any(Number) });
    expect(devices[0].memory).toBeGreaterThan(1e9);
    expect(devices.map(({ id }: { id: string }) => id)).toEqual(['cpu', 'webgpu', 'dml', 'cuda', 'tensorflow']);
    expect(devices[1]).toMatchObject({ id: 'webgpu', available: expect.any(Boolean), note: expect.any(String) });
  });
});

describe('usage', () => {
  it.each([
    [['nonsense'], 'There is no command "nonsense"'],
    [['inspect'], 'Name a design file, a template (lenet5'],
    [['inspect', 'nothing'], '"nothing" is neither a file that can be read nor a template'],
    [['inspect', 'lenet5', '--colour'], "Unknown option '--colour'"],
    [['train', 'lenet5'], '--data needs a folder of class folders or IDX files, or builtin:digits'],
    [['train', 'lenet5', '--data', 'builtin:cats'], 'There is no built-in data set "cats"'],
    [
      ['train', 'lenet5', '--data', 'builtin:digits', '--epochs', 'many'],
      '--epochs needs a whole number from 1 to 100000, got "many"',
    ],
    [
      ['train', 'lenet5', '--data', 'builtin:digits', '--optimizer', 'magic'],
      '--optimizer needs one of "sgd", "nesterov", "adagrad", "rmsprop", "adam", "adamw", got "magic"',
    ],
    [['train', 'lenet5', '--data', 'builtin:digits', '--beta-1', ' '], '--beta-1 needs a number from 0 to 0.9999'],
    [
      ['train', 'lenet5', '--data', 'builtin:digits', '--epochs', '1', '--steps', '1'],
      'Give --epochs or --steps, not both',
    ],
    [['train', 'lenet5', '--data', 'builtin:digits', '--train-range', '9:1'], '--train-range 9:1 is empty'],
    [['train', 'lenet5', '--data', 'builtin:digits', '--device', 'abacus'], '--device needs one of auto, cpu, webgpu'],
    [['export', 'lenet5'], 'Say where to write: -o model.onnx'],
    [['diagram', 'lenet5'], 'Say where to write: --out figure.svg'],
    [['diagram', 'lenet5', '--out', 'figure.png'], 'Diagrams are written as SVG: --out needs a file that ends in .svg'],
    [
      ['diagram', 'lenet5', '--out', 'a.svg', '--style', 'cubist'],
      '--style needs one of layers, volumes, got "cubist"',
    ],
  ])('%s', (args, message) => {
    const { code, stderr } = cli(...args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  it('prints its help', () => {
    expect(cli('--help').stdout).toContain('train <file|template> --data <folder|builtin:digits>');
  });
});

describe('diff', () => {
  const steps = (...convs: readonly Step[]): readonly Step[] => [input(1, 8), ...convs, ['Flatten'], ['Dense']];

  it('ends with 0 where nothing differs but the name and the places', () => {
    const lenet = findTemplate('lenet5')!.create();
    const path = join(temporaryFolder(), 'mine.convcanvas');
    const moved = [...lenet.network.layers].map(([id, layer], i) => [id, { ...layer, position: [i, 9] }] as const);
    const network = { ...lenet.network, layers: new Map(moved) };
    writeFileSync(path, formatDesign({ ...lenet, name: 'Mine', network }));
    const { code, stdout, stderr } = cli('diff', 'lenet5', path);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^LeNet-5 → Mine\nNo difference: the same layers, /);
  });

  it('ends with 1 where something does, and prints what', () => {
    const { code, stdout, stderr } = cli('diff', designFile(steps(conv(4, 3))), designFile(steps(conv(6, 3))));
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    const text = stdout.split('\n');
    expect(text[1]).toBe('1 layer changed.');
    // (3·3 + 1) · 4 + (6·6·4 + 1) · 10 and (3·3 + 1) · 6 + (6·6·6 + 1) · 10
    expect(text.find((line) => line.startsWith('Params'))).toMatch(/^Params +1,490 +2,230 +\+740 +\+49\.66 %$/);
    expect(text).toContainEqual(expect.stringMatching(/^conv1 +Filters \(K\) +4 +6$/));
    expect(text).toContainEqual(expect.stringMatching(/^flatten1 +Volume +144 +216$/));
  });

  it('prints the same as JSON; what a design lacks is null', () => {
    const broken = designFile(steps(conv(4, 30)));
    const { code, stdout } = cli('diff', designFile(steps(conv(4, 3))), broken, '--json');
    expect(code).toBe(1);
    const diff = JSON.parse(stdout);
    expect(diff).toMatchObject({ same: false, names: { before: 'Test', after: 'Test' }, training: [] });
    expect(diff.totals.before).toMatchObject({ params: 1490, receptiveField: [3, 3], problems: 0 });
    expect(diff.totals.after.problems).toBeGreaterThan(0);
    const [change] = diff.layers.changed;
    expect(change.fields).toMatchObject([{ field: 'kernelSize', label: 'Kernel size (F)', before: 3, after: 30 }]);
    expect(change.shape).toEqual({ before: [4, 6, 6], after: null });
  });

  it('ends with 2 where one of them cannot be read: that is no difference', () => {
    const file = join(temporaryFolder(), 'cut.convcanvas');
    writeFileSync(file, '{"format": "convcanvas"');
    const cut = cli('diff', 'lenet5', file);
    expect(cut).toMatchObject({ code: 2, stdout: '' });
    expect(cut.stderr).toMatch(/^This design cannot be opened\. It is not JSON/);
    expect(cut.stderr).not.toContain('usage');
    for (const words of [['lenet5'], ['lenet5', 'no-such-file'], ['lenet5', 'vgg16', 'alexnet']]) {
      const { code, stderr } = cli('diff', ...words);
      expect(code).toBe(2);
      expect(stderr).toContain('usage: convcanvas diff');
    }
  });
});

describe('diagram', () => {
  it('writes the figure that the app would, over what was there, and nothing beside it', () => {
    const folder = temporaryFolder();
    const out = join(folder, 'figure.svg');
    writeFileSync(out, 'before');
    const { network, name } = findTemplate('resnet18')!.create();
    const chosen = '--style volumes --theme dark --direction vertical --blocks expanded --no-fold --no-wrap'.split(' ');
    const { width, height } = json('diagram', 'resnet18', '--out', out, ...chosen);
    const options = {
      ...({ style: 'volumes', theme: 'dark', direction: 'vertical' } as const),
      ...({ blocks: 'expanded', fold: false, wrap: false } as const),
    };
    const diagram = drawDiagram(name, network, propagate(network), options);
    expect(readFileSync(out, 'utf8')).toBe(diagram.svg);
    expect({ width, height }).toEqual({ width: diagram.width, height: diagram.height });
    expect(readdirSync(folder)).toEqual(['figure.svg']);
    const { code, stdout } = cli('diagram', 'resnet18', '-o', out);
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringMatching(/figure\.svg: \d+ × \d+ pixels/) });
    expect(readFileSync(out, 'utf8')).toBe(drawDiagram(name, network, propagate(network), DEFAULT_DIAGRAM).svg);
  });

  it('draws a design with problems too, and leaves nothing where it cannot write', () => {
    const folder = temporaryFolder();
    const out = join(folder, 'figure.svg');
    expect(cli('diagram', designFile([input(1, 8), conv(4, 99)]), '--out', out).code).toBe(0);
    expect(readFileSync(out, 'utf8')).toContain('>?</text>');
    const { code, stderr } = cli('diagram', 'lenet5', '--out', join(folder, 'nowhere', 'figure.svg'));
    expect(code).toBe(1);
    expect(stderr).toContain(`there is no folder ${join(folder, 'nowhere')}`);
    expect(readdirSync(folder)).toEqual(['figure.svg']);
  });
});

describe('train, export and evaluate', () => {
  it('stream JSON lines, write metrics and a model, and evaluate it', () => {
    const folder = temporaryFolder();
    writeDigits(join(folder, 'data'), 300);
    const [model, metrics] = [join(folder, 'model.onnx'), join(folder, 'run.jsonl')];
    const data = ['--data', join(folder, 'data')];
    const { code, stdout } = cli(
      'train',
      'lenet5',
      ...data,
      '--epochs',
      '2',
      '--batch-size',
      '64',
      '--device',
      'cpu',
      '--out',
      model,
      '--metrics',
      metrics,
      '--json',
    );
    expect(code).toBe(0);
    const events = lines(stdout);
    const steps = events.filter(({ event }) => event === 'step');
    // 270 images to train on: four batches of 64 and one of 14.
    expect(steps.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(Object.keys(steps[0])).toEqual(['event', 'step', 'loss']);
    const epochs = events.filter(({ event }) => event === 'epoch');
    expect(Object.keys(epochs[0])).toEqual([
      'event',
      'epoch',
      'loss',
      'accuracy',
      'valLoss',
      'valAccuracy',
      'imagesPerSecond',
    ]);
    expect(lines(readFileSync(metrics, 'utf8'))).toEqual(events.filter(({ event }) => event !== 'export'));
    const result = json('evaluate', model, ...data);
    expect(result).toMatchObject({
      count: 30,
      accuracy: expect.closeTo(epochs[1].valAccuracy, 6),
      loss: expect.closeTo(epochs[1].valLoss, 5),
      lossKind: 'crossEntropy',
      lossFrom: 'file',
    });
    expect(cli('evaluate', model, ...data).stdout).toContain('loss: Softmax cross-entropy, as the file says');
    expect(json('evaluate', model, ...data, '--range', '0:100').count).toBe(100);
  });

  it.each(['hinge', 'meanSquaredError', 'binaryCrossEntropy'])('evaluate computes the loss of training: %s', (loss) => {
    const folder = temporaryFolder();
    writeDigits(join(folder, 'data'), 100);
    const [model, data] = [join(folder, 'model.onnx'), ['--data', join(folder, 'data')]];
    const options = ['--epochs', '1', '--device', 'cpu', '--out', model, '--json', '--loss', loss];
    const { stdout } = cli('train', 'lenet5', ...data, ...options);
    const [epoch] = lines(stdout).filter(({ event }) => event === 'epoch');
    expect(json('evaluate', model, ...data)).toMatchObject({
      loss: expect.closeTo(epoch.valLoss, 5),
      lossKind: loss,
      lossFrom: 'file',
    });
  });

  it('export --seed, then train --from it in file order, is what the weights alone determine', () => {
    const folder = temporaryFolder();
    writeDigits(join(folder, 'data'), 100);
    const first = join(folder, 'first.onnx');
    json('export', 'lenet5', '-o', first, '--seed', '3');
    expect(readModel(readFileSync(first)).tensors.get('conv1.weight')?.dims).toEqual([6, 1, 5, 5]);
    const run = (...more: readonly string[]) =>
      lines(
        cli(
          'train',
          'lenet5',
          '--data',
          join(folder, 'data'),
          '--steps',
          '3',
          '--no-shuffle',
          '--device',
          'cpu',
          '--json',
          ...more,
        ).stdout,
      )
        .filter(({ event }) => event === 'step')
        .map(({ loss }) => loss);
    const losses = run('--from', first);
    expect(losses).toHaveLength(3);
    // The seed draws the same first weights; in file order nothing else depends on it.
    expect(run('--seed', '3')).toEqual(losses);
    expect(run('--from', first, '--seed', '9')).toEqual(losses);
    expect(run('--seed', '9')).not.toEqual(losses);
  });

  it('takes the number of threads from the environment', () => {
    const train = (CONVCANVAS_THREADS: string) => {
      const words = [BIN, 'train', 'lenet5', '--data', 'builtin:digits', '--steps', '2', '--device', 'cpu'];
      return spawnSync(process.execPath, words, { encoding: 'utf8', env: { ...process.env, CONVCANVAS_THREADS } });
    };
    expect(train('2')).toMatchObject({ status: 0, stderr: '' });
    const refused = train('two');
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain('CONVCANVAS_THREADS needs a whole number from 1 to 1024, got "two".');
  });

  it('every setting reaches the trainer: each, set to another value, changes the losses', () => {
    const folder = temporaryFolder();
    writeDigits(join(folder, 'data'), 60);
    const losses = (...more: readonly string[]) => {
      const data = ['--data', join(folder, 'data'), '--epochs', '3', '--batch-size', '16', '--device', 'cpu', '--json'];
      const { code, stdout, stderr } = cli('train', 'lenet5', ...data, ...more);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      return JSON.stringify(
        lines(stdout)
          .filter(({ event }) => event === 'step')
          .map(({ loss }) => loss),
      );
    };
    const changes = {
      '': [
        ['--learning-rate', '0.01'],
        ['--momentum', '0.5'],
        ['--weight-decay', '0.1'],
        ['--seed', '5'],
        ['--no-shuffle'],
        ['--label-smoothing', '0.2'],
        ['--clip-norm', '0.5'],
      ],
      '--optimizer nesterov': [['--momentum', '0.5']],
      '--optimizer adagrad': [['--epsilon', '0.1']],
      '--optimizer rmsprop --learning-rate 0.001': [
        ['--rho', '0.5'],
        ['--epsilon', '0.1'],
      ],
      '--optimizer adam --learning-rate 0.001 --weight-decay 0.01': [
        ['--beta-1', '0.5'],
        ['--beta-2', '0.5'],
        ['--epsilon', '0.1'],
        ['--weight-decay', '0.1'],
      ],
      '--optimizer adamw --learning-rate 0.001 --weight-decay 0.01': [['--weight-decay', '0.5']],
      '--schedule step --decay-every 1': [
        ['--decay-factor', '0.5'],
        ['--decay-every', '2'],
      ],
      '--schedule exponential --decay-every 1': [['--decay-factor', '0.5']],
      '--schedule constant': [['--warmup-epochs', '1']],
      '--schedule oneCycle': [],
      // In so many epochs the validation loss of six pictures rises now and then.
      '--schedule plateau --patience 1 --epochs 12': [
        ['--decay-factor', '0.9'],
        ['--patience', '9'],
      ],
    };
    /** Which settings gave these losses. */
    const seen = new Map<string, string>();
    for (const [base, others] of Object.entries(changes)) {
      const first = base === '' ? [] : base.split(' ');
      for (const more of [[], ...others]) {
        const words = [...first, ...more].join(' ');
        const found = losses(...first, ...more);
        expect(seen.get(found), `${words} is as if it were`).toBeUndefined();
        seen.set(found, words);
      }
    }
  });

  it.skipIf(process.platform === 'win32')('Ctrl-C stops cleanly and still writes the model', async () => {
    const folder = temporaryFolder();
    writeDigits(join(folder, 'data'), 300);
    const model = join(folder, 'model.onnx');
    const child = spawn(
      process.execPath,
      [
        BIN,
        'train',
        'lenet5',
        '--data',
        join(folder, 'data'),
        '--epochs',
        '100000',
        '--device',
        'cpu',
        '--out',
        model,
        '--json',
      ],
      { stdio: ['ignore', 'pipe', 'inherit'], detached: true },
    );
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk;
      if (output.split('\n').length <= 40) return;
      child.stdout.removeAllListeners('data').resume();
      // To the whole group, as a terminal does it.
      process.kill(-(child.pid as number), 'SIGINT');
    });
    const code = await new Promise((resolve) => child.on('exit', resolve));
    expect(code).toBe(0);
    expect(readModel(readFileSync(model)).tensors.size).toBeGreaterThan(9);
  });

  it('a data set that was cut off: which file, and what to do', () => {
    const folder = temporaryFolder();
    writeDigits(folder, 50);
    const file = join(folder, 'train-images-idx3-ubyte');
    writeFileSync(file, readFileSync(file).subarray(0, 1000));
    const model = join(folder, 'model.onnx');
    const { code, stderr } = cli('train', 'lenet5', '--data', folder, '--out', model, '--json');
    expect(code).toBe(1);
    expect(stderr).toContain(
      'train-images-idx3-ubyte was cut off: its header promises 50 × 28 × 28 = 39200 bytes, 984 follow',
    );
    expect(existsSync(model)).toBe(false);
  });

  const mnist = realData('mnist');
  it.skipIf(mnist === undefined)('LeNet-5 learns real MNIST: 97 % or better on the 1,000 images held back', () => {
    const ranges = ['--train-range', '0:9000', '--validate-range', '9000:10000'];
    const { code, stdout } = cli(
      'train',
      'lenet5',
      '--data',
      mnist!,
      ...ranges,
      '--epochs',
      '5',
      '--device',
      'cpu',
      '--json',
    );
    expect(code).toBe(0);
    const epochs = lines(stdout).filter(({ event }) => event === 'epoch');
    expect(epochs).toHaveLength(5);
    expect(epochs[4].valAccuracy).toBeGreaterThanOrEqual(0.97);
  });
});

describe('a run in a folder', () => {
  const design = () => designFile([input(1, 28), conv(4, 5, 2), ['ReLU'], ['Flatten'], ['Dense'], ['Softmax']]);

  it('is gone on with after it was interrupted, as if it had not been', async () => {
    const [data, folder] = [temporaryFolder(), join(temporaryFolder(), 'run')];
    writeDigits(data, 400);
    const args = ['train', design(), '--data', data, '--device', 'cpu', '--epochs', '60', '--shift', '0.1'];
    const whole = lines(cli(...args, '--json').stdout);
    const child = spawn(process.execPath, [BIN, ...args, '--run', folder, '--json'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise<void>((resolve) => {
      child.stdout.on('data', (chunk: Buffer) => {
        if (chunk.toString().includes('"epoch":3')) child.kill('SIGINT');
      });
      child.once('exit', () => resolve());
    });
    const resumed = cli('resume', folder, '--out', join(folder, 'model.onnx'));
    expect(resumed.code, resumed.stderr).toBe(0);
    expect(resumed.stdout).toMatch(/^from step \d+\n/);
    const steps = (events: { event: string; loss: number }[]) =>
      events.flatMap(({ event, loss }) => (event === 'step' ? [loss] : []));
    const kept = lines(readFileSync(join(folder, 'metrics.jsonl'), 'utf8'));
    expect(steps(kept)).toEqual(steps(whole));
    expect(existsSync(join(folder, 'model.onnx'))).toBe(true);
    expect(cli('resume', folder).code).toBe(0); // nothing is left to do
  });

  it('cannot be gone on with where there is none', () => {
    const { code, stderr } = cli('resume', temporaryFolder());
    expect(code).toBe(1);
    expect(stderr).toContain('has no run.json');
    expect(cli('resume').stderr).toContain('needs the folder that train --run named');
  });
});

describe('designs and settings by name', () => {
  it('a pattern is filled in', () => {
    const report = json('inspect', 'pattern:n=1,m=2,k=2,side=28,channels=1');
    const kinds = report.layers.map(({ kind }: { kind: string }) => kind);
    expect(kinds.filter((kind: string) => kind === 'Conv2D')).toHaveLength(2);
    expect(kinds.filter((kind: string) => kind === 'MaxPooling2D')).toHaveLength(2);
    expect(kinds.filter((kind: string) => kind === 'Dense')).toHaveLength(3);
    expect(
      json('inspect', 'pattern:pool=false').layers.some(({ kind }: { kind: string }) => kind === 'MaxPooling2D'),
    ).toBe(false);
    expect(cli('inspect', 'pattern:n=99').stderr).toContain('pattern:n needs a whole number from 1 to 8, got "99"');
    expect(cli('inspect', 'pattern:x=1').stderr).toContain('pattern has no "x"; it has n, pool, m');
  });

  it('a recipe sets many settings, and prepares the network; options go before it', () => {
    const out = join(temporaryFolder(), 'model.onnx');
    const common = [
      '--data',
      'builtin:digits',
      '--train-range',
      '0:40',
      '--validate-range',
      '6000:6010',
      '--device',
      'cpu',
    ];
    const { code, stderr } = cli(
      'train',
      'lenet5',
      ...common,
      '--recipe',
      'resnet',
      '--epochs',
      '1',
      '--learning-rate',
      '0.01',
      '--out',
      out,
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const kept = parseDesign(readModel(readFileSync(out)).metadata.get('convcanvas.design')!);
    expect(kept.training).toMatchObject({
      epochs: 1,
      learningRate: 0.01,
      schedule: 'plateau',
      batchSize: 256,
      momentum: 0.9,
    });
    const kinds = [...kept.network.layers.values()].map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'BatchNormalization')).toHaveLength(2);
    expect(cli('train', 'lenet5', ...common, '--recipe', 'magic').stderr).toContain(
      '--recipe needs one of plain, digits',
    );
  });

  it('every setting has an option', () => {
    const { stdout } = cli('--help');
    for (const option of [
      'loss crossEntropy|hinge',
      'l1-decay',
      'early-stopping',
      'restore-best',
      'stop-epoch',
      'crop-padding',
      'flip',
      'mixup',
      'cutout',
    ]) {
      expect(stdout).toContain(`--${option}`);
    }
  });
});

describe.skipIf(realData('cifar10') === undefined)('CIFAR-10 in class folders', () => {
  it('is read, trained on and evaluated', () => {
    const out = join(temporaryFolder(), 'model.onnx');
    const data = realData('cifar10')!;
    const trained = cli(
      'train',
      'convnetjs-cifar10',
      '--data',
      data,
      '--steps',
      '20',
      '--device',
      'cpu',
      '--flip',
      '--out',
      out,
    );
    expect(trained.code, trained.stderr).toBe(0);
    expect(trained.stdout).toContain('5000 images to train on, 1000 held back');
    expect(json('evaluate', out, '--data', data).count).toBe(1000);
    const resized = cli('evaluate', out, '--data', data, '--image-size', '16');
    expect(resized.stderr).toContain('The model takes pictures of [3, 32, 32]');
  });
});
