/** A device with too little memory: steps are done in parts, and come to the same. */
import { describe, expect, it } from 'vitest';
import type { Network } from '#core/network/network.ts';
import { formatDesign } from '#core/project/design-file.ts';
import { DEFAULT_TRAINING, type TrainingSettings } from '#core/training/settings.ts';
import { Batcher } from '#main/datasets/batches.ts';
import { builtInDigits } from '#main/datasets/digits/index.ts';
import { backend } from '#main/training/backend.ts';
import type { Backend } from '#main/training/backends/define.ts';
import { initialValues, readDesign } from '#main/training/compiled-design.ts';
import { OutOfMemoryError } from '#main/training/out-of-memory.ts';
import { Trainer } from '#main/training/trainer.ts';
import { chain, conv, input } from '../../networks.ts';

const cpu = backend('cpu');
const set = builtInDigits();
const BATCH = 24;
const STEPS = 4;

/** The CPU, but for what it says when more than so many pictures come at once: in the words of ONNX Runtime. */
const small = (most: number): Backend => ({
  ...cpu,
  createSession: async (graph, wishes) => {
    const session = await cpu.createSession(graph, wishes);
    const pictures = graph.inputs.find(({ name }) => name === 'pixels')?.type.dims[0] ?? 0;
    const run = (async (...args: Parameters<typeof session.run>) => {
      if (pictures > most) throw new Error('Failed to allocate memory for requested buffer of size 123456789');
      return session.run(...args);
    }) as typeof session.run;
    return { inputNames: session.inputNames, run, release: () => session.release() };
  },
});

const layers = (...between: readonly (readonly [string])[]): Network =>
  chain(input(1, 28), conv(6, 5, 2), ...between, ['ReLU'], ['MaxPooling2D'], ['Flatten'], ['Dense'], ['Softmax']);

async function train(network: Network, where: Backend, changed: Partial<TrainingSettings> = {}) {
  const training = { ...DEFAULT_TRAINING, learningRate: 0.05, ...changed };
  const compiled = readDesign(formatDesign({ name: 'Tried', network, training, classLabels: [] }));
  const trainer = new Trainer(compiled.design.network, compiled.report, initialValues(compiled), where, training);
  try {
    const order = Uint32Array.from({ length: BATCH * STEPS }, (_, i) => i);
    const batcher = new Batcher(set, 10);
    const steps = [];
    for (let i = 0; i < STEPS; i++) {
      steps.push(await trainer.step(batcher.fill(order, i * BATCH, BATCH), training, i));
    }
    const held = await trainer.evaluate(batcher.fill(order, 0, BATCH));
    return { steps, held, values: await trainer.state(), mostAtOnce: trainer.mostAtOnce };
  } finally {
    await trainer.dispose();
  }
}

describe('a batch that does not fit into the memory', () => {
  const cases: readonly (readonly [string, Network, Partial<TrainingSettings>])[] = [
    ['SGD', layers(), {}],
    ['Adam with a limited gradient', layers(), { optimizer: 'adam', clipNorm: 0.5, learningRate: 0.003 }],
    ['DROPOUT: the same numbers are left out', layers(['Dropout']), { weightDecay: 0.01, l1Decay: 0.001 }],
  ];
  it.each(cases)('%s: halves are added up to the same step', async (_name, network, settings) => {
    const [whole, parts] = [await train(network, cpu, settings), await train(network, small(7), settings)];
    expect(whole.mostAtOnce).toBeUndefined();
    expect(parts.mostAtOnce).toBe(6);
    parts.steps.forEach(({ loss, correct }, i) => {
      expect(loss).toBeCloseTo(whole.steps[i]!.loss, 4);
      expect(correct).toBe(whole.steps[i]!.correct);
    });
    expect(parts.held.loss).toBeCloseTo(whole.held.loss, 4);
    expect(parts.held.correct).toBe(whole.held.correct);
    for (const [name, { data }] of whole.values) {
      const found = parts.values.get(name)!.data;
      const largest = data.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6);
      const worst = data.reduce((most, value, i) => Math.max(most, Math.abs(value - found[i]!)), 0);
      expect(worst / largest, name).toBeLessThan(1e-3);
    }
  });

  it('BATCH NORM moves its running statistics with every part', async () => {
    const { steps, values } = await train(layers(['BatchNormalization']), small(12));
    expect(steps.every(({ loss }) => Number.isFinite(loss))).toBe(true);
    expect(values.get('bn1.running_mean')!.data.some((value) => value !== 0)).toBe(true);
  });

  it('not even one image: says so, and what to do', async () => {
    const failed = train(layers(), small(0));
    await expect(failed).rejects.toThrow(OutOfMemoryError);
    await expect(failed).rejects.toThrow(/not enough memory on cpu for a step of a single image\. Make the network/);
  });

  it('any other failure stays what it is', async () => {
    const broken: Backend = { ...cpu, createSession: () => Promise.reject(new Error('the driver is gone')) };
    await expect(train(layers(), broken)).rejects.toThrow('the driver is gone');
  });
});
