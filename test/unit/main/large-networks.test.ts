/** Networks so large that a step writes what the optimizer keeps over what was there. */
import type { Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { formatDesign } from '#core/project/design-file.ts';
import { OPTIMIZERS, type OptimizerKind } from '#core/training/optimizers/index.ts';
import { DEFAULT_TRAINING, type TrainingSettings } from '#core/training/settings.ts';
import { Batcher } from '#main/datasets/batches.ts';
import { builtInDigits } from '#main/datasets/digits/index.ts';
import { backend } from '#main/training/backend.ts';
import type { Backend, Session } from '#main/training/backends/define.ts';
import { initialValues, readDesign } from '#main/training/compiled-design.ts';
import { NotFiniteError } from '#main/training/not-finite.ts';
import { BrokenOffError } from '#main/training/out-of-memory.ts';
import { LARGE, type NamedValues } from '#main/training/states.ts';
import { Trainer } from '#main/training/trainer.ts';
import { chain, input } from '../../networks.ts';

const cpu = backend('cpu');
const set = builtInDigits();
const BATCH = 4;

type Run = Session['run'];
type Places = Readonly<Record<string, Tensor | null>>;

/** The CPU with something done around each run. */
const around = (change: (run: (inputs: object, places?: Places) => ReturnType<Run>) => unknown): Backend => ({
  ...cpu,
  createSession: async (graph, wishes) => {
    const session = await cpu.createSession(graph, wishes);
    const run = change((inputs, places) => session.run(inputs as never, places as never)) as Run;
    return { inputNames: session.inputNames, run, release: () => session.release() };
  },
});

const wide = chain(input(1, 28), ['Flatten'], ['Dense', { units: 10_400 }], ['ReLU'], ['Dense'], ['Softmax']);

async function withTrainer<T>(
  where: Backend,
  changed: Partial<TrainingSettings>,
  use: (trainer: Trainer, step: (at: number, size?: number) => ReturnType<Trainer['step']>) => Promise<T>,
  kept: NamedValues = new Map(),
): Promise<T> {
  const training = { ...DEFAULT_TRAINING, learningRate: 0.01, ...changed };
  const compiled = readDesign(formatDesign({ name: 'Wide', network: wide, training, classLabels: [] }));
  const values = new Map([...initialValues(compiled), ...kept]);
  const trainer = new Trainer(compiled.design.network, compiled.report, values, where, training);
  const order = Uint32Array.from({ length: 64 }, (_, i) => i);
  const batcher = new Batcher(set, 10);
  try {
    return await use(trainer, (at, size = BATCH) => trainer.step(batcher.fill(order, at * BATCH, size), training, at));
  } finally {
    await trainer.dispose();
  }
}

function same(found: NamedValues, expected: NamedValues): void {
  expect([...found.keys()]).toEqual([...expected.keys()]);
  for (const [name, { data }] of expected) {
    const other = found.get(name)!.data;
    expect(
      data.findIndex((value, i) => !Object.is(value, other[i])),
      name,
    ).toBe(-1);
  }
}

/** Counts what is written over, and writes it apart from what is read, as a small network's step does. */
function apart() {
  const seen = { overwritten: 0 };
  const where = around((run) => async (inputs: object, places?: Places) => {
    const results = await run(inputs);
    for (const [name, place] of Object.entries(places ?? {})) {
      if (place === null) continue;
      seen.overwritten += 1;
      (place.data as Float32Array).set(results[name]?.data as Float32Array);
    }
    return results;
  });
  return { where, seen };
}

describe('what the optimizer keeps of a large network', () => {
  it.each(Object.keys(OPTIMIZERS) as OptimizerKind[])(
    '%s: is written over, and comes to the same',
    async (optimizer) => {
      const { where, seen } = apart();
      const settings = { optimizer, weightDecay: 0.01, l1Decay: 0.001, clipNorm: 1 };
      const train = (device: Backend) =>
        withTrainer(device, settings, async (trainer, step) => {
          for (let i = 0; i < 2; i++) await step(i);
          return trainer.state();
        });
      const [over, expected] = [await train(cpu), await train(where)];
      const bytes = [...over.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
      expect(bytes).toBeGreaterThan(LARGE);
      const slots = [...over.keys()].filter((name) => name.split('.').length === 3).length;
      expect(seen.overwritten).toBe(2 * slots);
      same(over, expected);
    },
  );

  it('is at rest after a step that is not finite; the weights are as before', async () => {
    await withTrainer(cpu, {}, async (trainer, step) => {
      await step(0);
      const before = await trainer.values();
      const broken = new Map([...before].map(([name, tensor]) => [name, { ...tensor, data: tensor.data.slice() }]));
      broken.get('fc2.bias')!.data[0] = Number.NaN;
      await trainer.replace(broken);
      await expect(step(1)).rejects.toThrow(NotFiniteError);
      same(await trainer.values(), broken);
      const state = await trainer.state();
      expect([...state].filter(([name]) => !broken.has(name)).every(([, { data }]) => data.every((v) => v === 0))).toBe(
        true,
      );
    });
  });

  it('stays its own where it was given: a run that goes on does not change the checkpoint in hand', async () => {
    const kept = await withTrainer(cpu, {}, async (trainer, step) => {
      await step(0);
      return trainer.state();
    });
    const copy = new Map([...kept].map(([name, tensor]) => [name, { ...tensor, data: tensor.data.slice() }]));
    await withTrainer(
      cpu,
      {},
      async (_, step) => {
        await step(1);
        await step(2);
      },
      kept,
    );
    same(kept, copy);
  });
});

describe('a large network when memory runs out', () => {
  const NO_MEMORY = 'Failed to allocate memory for requested buffer of size 123456789';
  /** Breaks off the run with this number after it has written over half of what it was to. */
  const breaksOff = (at: number) => {
    let runs = 0;
    return around((run) => async (inputs: object, places?: Places) => {
      runs += 1;
      if (runs !== at) return run(inputs, places);
      for (const place of Object.values(places ?? {})) (place?.data as Float32Array | undefined)?.fill(7);
      throw new Error(NO_MEMORY);
    });
  };

  it('in the first step: it is done in parts, from rest', async () => {
    const train = (device: Backend) =>
      withTrainer(device, {}, async (trainer, step) => [await step(0), await trainer.state()] as const);
    const [[loss, state], [expected, whole]] = [await train(breaksOff(1)), await train(cpu)];
    expect(loss.loss).toBeCloseTo(expected.loss, 4);
    for (const [name, { data }] of whole) {
      const found = state.get(name)!.data;
      expect(
        data.reduce((most, value, i) => Math.max(most, Math.abs(value - found[i]!)), 0),
        name,
      ).toBeLessThan(1e-4);
    }
  });

  it('in a later one: the run ends, and says from where it can go on', async () => {
    await withTrainer(breaksOff(2), {}, async (_, step) => {
      await step(0);
      await expect(step(1)).rejects.toThrow(BrokenOffError);
    });
  });
});
