/** What stands between a network and training it: said before, with what would mend it. */
import { describe, expect, it } from 'vitest';
import { applyEdit } from '#core/network/edits.ts';
import type { Network } from '#core/network/network.ts';
import { propagate } from '#core/network/propagate.ts';
import { TEMPLATES } from '#core/templates/index.ts';
import { type DataFacts, trainingProblems } from '#core/training/checks/index.ts';
import { DEFAULT_TRAINING, type TrainingSettings } from '#core/training/settings.ts';
import { chain, conv, input, type Step } from '../../networks.ts';

const digits: DataFacts = {
  name: 'digits',
  shape: [1, 28, 28],
  classNames: Array.from({ length: 10 }, (_, i) => String(i)),
  trainCount: 6000,
  classCounts: new Array(10).fill(600),
};
const fc = (units: number): Step => ['Dense', { units }];
const settings = (given: Partial<TrainingSettings> = {}): TrainingSettings => ({ ...DEFAULT_TRAINING, ...given });

function problemsOf(network: Network, data: DataFacts | undefined = digits, training = settings()) {
  const report = propagate(network);
  expect(report.problems).toEqual([]);
  return trainingProblems({ network, training }, report, data);
}

/** What is left once the fix with this label was taken. */
function fixed(network: Network, label: string, data: DataFacts | undefined = digits, training = settings()) {
  const fix = problemsOf(network, data, training)
    .flatMap(({ fixes }) => fixes)
    .find((one) => one.label === label);
  expect(fix, label).toBeDefined();
  const after = fix!.edits.reduce(applyEdit, network);
  return problemsOf(after, data, { ...training, ...fix!.training });
}

const good = chain(input(1, 28), conv(4, 5), ['ReLU'], ['Flatten'], fc(10), ['Softmax']);

describe('problems of training', () => {
  it('are none where network and data set go together', () => {
    expect(problemsOf(good)).toEqual([]);
    expect(problemsOf(good, undefined)).toEqual([]);
  });

  it('are none of the templates, as long as no data set was chosen', () => {
    for (const { create } of TEMPLATES) {
      const { network, training } = create();
      expect(trainingProblems({ network, training }, propagate(network))).toEqual([]);
    }
  });

  it('are left out as long as the network has problems of its own', () => {
    const broken = chain(input(3, 32), conv(4, 50));
    expect(trainingProblems({ network: broken, training: settings() }, propagate(broken), digits)).toEqual([]);
  });

  it('images of another size', () => {
    const network = chain(input(3, 32), ['Flatten'], fc(10), ['Softmax']);
    expect(problemsOf(network)).toMatchObject([
      {
        code: 'input-size',
        severity: 'error',
        layer: 'input',
        message:
          'INPUT takes images of 32×32×3; those of digits are 28×28×1. Set INPUT to 28×28×1, or choose another data set.',
      },
    ]);
    expect(fixed(network, 'Set INPUT to 28×28×1')).toEqual([]);
  });

  it.each([
    ['a CONV', chain(input(1, 28), conv(6, 5))],
    ['an INPUT alone with POOL', chain(input(1, 28), ['MaxPooling2D'])],
    [
      'a block',
      applyEdit(chain(input(1, 28), conv(6, 5), ['ReLU']), {
        type: 'make-block',
        layers: ['conv1', 'relu1'],
        name: 'b',
      }),
    ],
  ])('a network that ends with a volume: %s', (_, network) => {
    const [first] = problemsOf(network);
    expect(first).toMatchObject({ code: 'no-classifier', severity: 'error' });
    expect(first!.message).toContain('one score for each class: add FLATTEN, an FC with 10 units and SOFTMAX');
    expect(fixed(network, 'Add FLATTEN, FC with 10 units, SOFTMAX')).toEqual([]);
  });

  it('a volume of one pixel is a vector of scores: a network without FC can be trained', () => {
    const network = chain(input(1, 28), conv(10, 28));
    expect(problemsOf(network)).toEqual([]);
  });

  it('fewer outputs than classes stop training, more are worth a warning', () => {
    const few = chain(input(1, 28), ['Flatten'], fc(4), ['Softmax']);
    expect(problemsOf(few)).toMatchObject([{ code: 'class-count', severity: 'error' }]);
    expect(fixed(few, 'Give fc1 10 units')).toEqual([]);
    const many = chain(input(1, 28), ['Flatten'], fc(1000), ['Softmax']);
    expect(problemsOf(many)).toMatchObject([
      {
        severity: 'warning',
        message:
          'digits has 10 classes; the network ends with 1,000 outputs (softmax1): 990 of them stand for no class. One for each class is what is usually meant.',
      },
    ]);
    expect(fixed(many, 'Give fc1 10 units')).toEqual([]);
    const pooled = chain(input(1, 28), conv(12, 3), ['GlobalAveragePooling2D'], ['Softmax']);
    expect(fixed(pooled, 'Give conv1 10 filters')).toEqual([]);
  });

  it('one class, and classes without images', () => {
    const cats = { ...digits, name: 'cats', classNames: ['tabby'], classCounts: [6000] };
    const network = chain(input(1, 28), ['Flatten'], fc(1));
    expect(problemsOf(network, cats)).toMatchObject([{ code: 'one-class', severity: 'error' }]);
    const holes = { ...digits, classCounts: digits.classCounts.map((count, i) => (i === 3 || i === 7 ? 0 : count)) };
    expect(problemsOf(good, holes)).toMatchObject([
      {
        code: 'empty-class',
        severity: 'warning',
        message: expect.stringContaining('Classes 3, 7 of digits have no image to train on'),
      },
    ]);
  });

  it('nothing that learns', () => {
    const network = chain(input(1, 28), ['Flatten'], ['Softmax']);
    expect(problemsOf(network).map(({ code }) => code)).toContain('nothing-learns');
    const frozen = chain(input(1, 28), ['Flatten'], ['Dense', { units: 10, trainable: false }], ['Softmax']);
    expect(problemsOf(frozen)).toMatchObject([{ code: 'nothing-learns', severity: 'error' }]);
    expect(fixed(frozen, 'Make them trainable')).toEqual([]);
  });

  describe('BATCH NORM of a single value a channel', () => {
    const vector = chain(input(1, 28), ['Flatten'], fc(8), ['BatchNormalization'], ['ReLU'], fc(10), ['Softmax']);

    it('in batches of one image, known without the data set', () => {
      const one = settings({ batchSize: 1 });
      expect(problemsOf(vector, undefined, one)).toMatchObject([
        { code: 'batch-of-one', severity: 'error', layer: 'bn1' },
      ]);
      expect(fixed(vector, 'Set batch size to 2', undefined, one)).toEqual([]);
    });

    it('in a last batch of one image: 33 images in batches of 16', () => {
      const few = { ...digits, trainCount: 33 };
      const training = settings({ batchSize: 16 });
      const [problem] = problemsOf(vector, few, training);
      expect(problem!.message).toContain('a last batch of one image (33 images in batches of 16)');
      expect(fixed(vector, 'Set batch size to 15', few, training)).toEqual([]);
      expect(problemsOf(vector, { ...few, trainCount: 34 }, training)).toEqual([]);
    });

    it('is none over maps of several pixels, nor where the layer is frozen', () => {
      const maps = chain(input(1, 28), conv(4, 5), ['BatchNormalization'], ['Flatten'], fc(10), ['Softmax']);
      expect(problemsOf(maps, digits, settings({ batchSize: 1 }))).toEqual([]);
      const frozen = applyEdit(vector, { type: 'set-fields', layer: 'bn1', fields: { trainable: false } });
      expect(problemsOf(frozen, digits, settings({ batchSize: 1 }))).toEqual([]);
    });
  });

  describe('what the loss reads', () => {
    const ending = (...last: readonly Step[]) => chain(input(1, 28), ['Flatten'], fc(10), ...last);

    it.each([
      ['SOFTMAX twice', ending(['Softmax'], ['Softmax']), 'Remove softmax1'],
      ['SOFTMAX, then DROPOUT', ending(['Softmax'], ['Dropout']), 'Remove softmax1'],
      ['SIGMOID before cross-entropy', ending(['Sigmoid']), 'Remove sigmoid1'],
      ['SIGMOID before SOFTMAX', ending(['Sigmoid'], ['Softmax']), 'Remove sigmoid1'],
      ['TANH before SOFTMAX', ending(['Tanh'], ['Softmax']), 'Remove tanh1'],
      ['RELU before SOFTMAX, behind DROPOUT', ending(['ReLU'], ['Dropout'], ['Softmax']), 'Remove relu1'],
    ])('%s', (_, network, fix) => {
      expect(problemsOf(network)).toMatchObject([{ code: 'loss-input', severity: 'warning' }]);
      expect(fixed(network, fix)).toEqual([]);
    });

    it('SIGMOID goes with binary cross-entropy, SOFTMAX does not', () => {
      const binary = settings({ loss: 'binaryCrossEntropy' });
      expect(problemsOf(ending(['Sigmoid']), digits, binary)).toEqual([]);
      expect(fixed(ending(['Sigmoid']), 'Train with binary cross-entropy')).toEqual([]);
      expect(problemsOf(ending(['Softmax']), digits, binary)).toMatchObject([{ code: 'loss-input' }]);
      expect(fixed(ending(['Softmax']), 'Replace softmax1 with SIGMOID', digits, binary)).toEqual([]);
      expect(fixed(ending(['Softmax']), 'Train with softmax cross-entropy', digits, binary)).toEqual([]);
    });

    it('is no problem with the mean squared error, nor with LEAKY RELU', () => {
      expect(problemsOf(ending(['Sigmoid']), digits, settings({ loss: 'meanSquaredError' }))).toEqual([]);
      expect(problemsOf(ending(['LeakyReLU'], ['Softmax']))).toEqual([]);
    });
  });
});
