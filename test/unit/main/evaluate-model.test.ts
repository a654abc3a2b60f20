/** `evaluate` gives the loss that training gave, whatever the loss and however the network ends. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { type ModelProto, ModelProtoSchema, NodeProtoSchema } from 'onnx-buf';
import { describe, expect, it } from 'vitest';
import { METADATA } from '#core/export/onnx.ts';
import { formatDesign } from '#core/project/design-file.ts';
import { randomStream } from '#core/random.ts';
import { LOSSES, type LossKind } from '#core/training/losses/index.ts';
import { DEFAULT_TRAINING } from '#core/training/settings.ts';
import { Batcher } from '#main/datasets/batches.ts';
import type { ImageSet } from '#main/datasets/image-set.ts';
import { backend } from '#main/training/backend.ts';
import { initialValues, readDesign } from '#main/training/compiled-design.ts';
import { evaluateModel } from '#main/training/evaluate-model.ts';
import { exportModel } from '#main/training/export-model.ts';
import { initialWeights } from '#main/training/model-weights.ts';
import { Trainer } from '#main/training/trainer.ts';
import { connectEngine, RUN } from '../../engine-client.ts';
import { writeDigits } from '../../idx-files.ts';
import { chain, input, type Step } from '../../networks.ts';
import { sharedFolder, temporaryFolder } from '../../temporary.ts';

const CLASSES = 4;
const COUNT = 60;

/** Random images of random classes. */
const set: ImageSet = (() => {
  const random = randomStream(1, 'evaluated');
  return {
    name: 'random',
    shape: [2, 5, 5],
    count: COUNT,
    pixels: Uint8Array.from({ length: COUNT * 50 }, () => random.below(256)),
    labels: Uint16Array.from({ length: COUNT }, () => random.below(CLASSES)),
    classNames: ['a', 'b', 'c', 'd'],
  };
})();
const all = { begin: 0, end: COUNT };

const ENDS: Readonly<Record<string, readonly Step[]>> = {
  SOFTMAX: [['Softmax']],
  SIGMOID: [['Sigmoid']],
  'scores as they are': [],
  'NOISE behind SOFTMAX': [['Softmax'], ['GaussianNoise']],
  'HARD SIGMOID': [['HardSigmoid']],
};

/**
 * Exports a network with first weights; returns the file and what training says of it.
 *
 * @param factor what pixels from 0 to 1 are multiplied by: the larger, the further apart the scores
 */
async function exported(end: readonly Step[], loss: LossKind, factor: number) {
  const weights = { units: CLASSES, initializer: 'gaussian', initializerStd: 1 };
  const first: Step = ['Input', { channels: 2, height: 5, width: 5, scale: 255 / factor }];
  const network = chain(first, ['Flatten'], ['Dense', weights], ...end);
  const training = { ...DEFAULT_TRAINING, loss, labelSmoothing: 0.3 };
  const compiled = readDesign(formatDesign({ name: 'evaluated', network, training, classLabels: [] }));
  const values = initialValues(compiled);
  const trainer = new Trainer(network, compiled.report, values, backend('cpu'), training);
  const order = Uint32Array.from({ length: COUNT }, (_, i) => i);
  const said = await trainer.evaluate(new Batcher(set, CLASSES).fill(order, 0, COUNT));
  await trainer.dispose();
  const path = join(temporaryFolder(), 'model.onnx');
  await exportModel(path, compiled, initialWeights(compiled), set);
  return { path, said };
}

/** Writes a model once more, changed. */
function rewrite(path: string, change: (model: ModelProto) => void): void {
  const model = fromBinary(ModelProtoSchema, readFileSync(path));
  change(model);
  writeFileSync(path, toBinary(ModelProtoSchema, model));
}

const forgetLoss = (model: ModelProto) => {
  model.metadataProps = [];
};

describe('a file of this program', () => {
  const cases = (Object.keys(LOSSES) as LossKind[]).flatMap((loss) =>
    Object.entries(ENDS).map(([name, end]) => [loss, name, end] as const),
  );

  it.each(cases)('%s, a network that ends with %s', async (loss, _, end) => {
    const { path, said } = await exported(end, loss, 1);
    const found = await evaluateModel(path, set, all);
    expect(found).toMatchObject({ lossKind: loss, lossFrom: 'file', count: COUNT });
    expect(Math.abs((found.loss as number) - said.loss) / Math.max(1, said.loss)).toBeLessThan(1e-5);
    expect(found.accuracy * COUNT).toBeCloseTo(said.correct, 6);
  });

  it.each(['crossEntropy', 'binaryCrossEntropy'] as const)(
    '%s is not cut off where probabilities are 0',
    async (loss) => {
      const { path, said } = await exported(loss === 'crossEntropy' ? [['Softmax']] : [['Sigmoid']], loss, 200);
      expect(said.loss).toBeGreaterThan(150);
      const found = await evaluateModel(path, set, all);
      expect(Math.abs((found.loss as number) - said.loss) / said.loss).toBeLessThan(1e-5);
    },
  );

  it('has the loss that its weights were trained with, also where another is set since', async () => {
    const folder = temporaryFolder();
    writeDigits(folder, 60);
    const design = (loss: LossKind) => {
      const network = chain(
        input(1, 28),
        ['MaxPooling2D', { poolSize: 4, strides: 4 }],
        ['Flatten'],
        ['Dense'],
        ['Softmax'],
      );
      return formatDesign({
        name: 'Test',
        network,
        training: { ...DEFAULT_TRAINING, loss, epochs: 2 },
        classLabels: [],
      });
    };
    const engine = connectEngine();
    const source = { type: 'folder', path: folder } as const;
    const ended = engine.ends();
    await engine.client.call('run.start', { run: RUN, design: design('hinge'), source, ranges: {}, device: 'cpu' });
    await ended;
    const path = join(folder, 'model.onnx');
    await engine.client.call('model.export', {
      design: design('meanSquaredError'),
      path,
      weights: { type: 'run', run: RUN },
    });
    const found = await engine.client.call('model.evaluate', { path, source });
    expect(found.lossKind).toBe('hinge');
    expect(found.loss).toBeCloseTo(engine.epochs.at(-1)!.valLoss, 5);
  });
});

describe('a file that names no loss', () => {
  it.each([
    ['SOFTMAX', 'crossEntropy'],
    ['SIGMOID', 'binaryCrossEntropy'],
    ['scores as they are', 'crossEntropy'],
  ] as const)('that ends with %s is taken for %s, and it is said', async (end, loss) => {
    const { path, said } = await exported(ENDS[end]!, loss, 200);
    rewrite(path, forgetLoss);
    const found = await evaluateModel(path, set, all);
    expect(found).toMatchObject({ lossKind: loss, lossFrom: 'assumed' });
    expect(Math.abs((found.loss as number) - said.loss) / said.loss).toBeLessThan(1e-5);
  });

  it('whose probabilities come from what is no Softmax: −log p, infinite where a p is 0', async () => {
    const hide = (model: ModelProto) => {
      forgetLoss(model);
      const { node, output } = model.graph!;
      const softmax = node.find(({ opType }) => opType === 'Softmax')!;
      softmax.output = ['hidden'];
      node.push(create(NodeProtoSchema, { opType: 'Identity', input: ['hidden'], output: [output[0]!.name] }));
    };
    const small = await exported(ENDS['SOFTMAX']!, 'crossEntropy', 0.1);
    rewrite(small.path, hide);
    const found = await evaluateModel(small.path, set, all);
    expect(found).toMatchObject({ lossKind: 'crossEntropy', lossFrom: 'assumed' });
    expect(found.loss).toBeCloseTo(small.said.loss, 5);
    const large = await exported(ENDS['SOFTMAX']!, 'crossEntropy', 200);
    rewrite(large.path, hide);
    expect((await evaluateModel(large.path, set, all)).loss).toBeNull();
  });

  it('or one that this version does not know: assumed', async () => {
    const { path } = await exported(ENDS['SOFTMAX']!, 'hinge', 1);
    rewrite(path, ({ metadataProps }) => {
      metadataProps.find(({ key }) => key === METADATA.loss)!.value = 'toString';
    });
    expect(await evaluateModel(path, set, all)).toMatchObject({ lossKind: 'crossEntropy', lossFrom: 'assumed' });
  });
});

describe('a file that was exported before files named their loss', () => {
  const path = new URL('../../fixtures/models/without-loss.onnx', import.meta.url).pathname;
  const folder = sharedFolder((made) => writeDigits(made, 110));
  const source = () => ({ type: 'folder', path: folder }) as const;

  it('is evaluated with the loss of its design', async () => {
    const found = await connectEngine().client.call('model.evaluate', { path, source: source() });
    // As its training said: test/fixtures/models/README.md.
    expect(found).toMatchObject({ lossKind: 'hinge', lossFrom: 'file', count: 11 });
    expect(found.loss).toBeCloseTo(7.307575702667236, 5);
    expect(found.accuracy).toBeCloseTo(0.18181818181818182, 6);
  });

  it('can be trained on', async () => {
    const design = fromBinary(ModelProtoSchema, readFileSync(path)).metadataProps.find(
      ({ key }) => key === METADATA.design,
    )!.value;
    const engine = connectEngine();
    const ended = engine.ends();
    const start = { run: RUN, design, source: source(), ranges: {}, device: 'cpu', from: path, steps: 1 } as const;
    await engine.client.call('run.start', start);
    await ended;
    expect(engine.statuses.at(-1)).toBe('finished');
    // First weights give more than 10.
    expect(engine.losses[0]).toBeLessThan(5);
  });
});
