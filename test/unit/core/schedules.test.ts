import { describe, expect, it } from 'vitest';
import { formatDesign, parseDesign } from '#core/project/design-file.ts';
import { findTemplate } from '#core/templates/index.ts';
import { LOSSES } from '#core/training/losses/index.ts';
import { OPTIMIZERS } from '#core/training/optimizers/index.ts';
import { learningRateAt, SCHEDULES } from '#core/training/schedules/index.ts';
import { Plateau } from '#core/training/schedules/plateau.ts';
import { DEFAULT_TRAINING, TRAINING_FIELDS, type TrainingSettings } from '#core/training/settings.ts';
import { recording } from '../../oracle/pytorch.ts';

/** The learning rate of every step of a run of 4 epochs with 5 steps each. */
function rates(settings: Partial<TrainingSettings>): number[] {
  const all = { ...DEFAULT_TRAINING, learningRate: 1, epochs: 4, ...settings };
  return Array.from({ length: 20 }, (_, step) => learningRateAt(all, step, 5, 20));
}

interface Recorded {
  readonly rate: number;
  readonly schedules: readonly {
    readonly settings: Partial<TrainingSettings>;
    readonly epochs: number;
    readonly stepsPerEpoch: number;
    readonly rates: readonly number[];
  }[];
  readonly plateaus: readonly {
    readonly patience: number;
    readonly factor: number;
    readonly rate: number;
    readonly losses: readonly number[];
    readonly rates: readonly number[];
  }[];
}

describe('learning rates agree with torch.optim.lr_scheduler (test/fixtures/pytorch/record_schedules.py)', () => {
  const { rate: learningRate, schedules, plateaus } = recording<Recorded>('schedules.json');
  const close = (found: number, expected: number) => expect(Math.abs(found / expected - 1)).toBeLessThan(1e-10);

  it.each(
    schedules.map((one) => [`${JSON.stringify(one.settings)}, ${one.epochs} × ${one.stepsPerEpoch}`, one] as const),
  )('%s', (_, { settings, epochs, stepsPerEpoch, rates: expected }) => {
    const all = { ...DEFAULT_TRAINING, learningRate, epochs, ...settings };
    expect(expected).toHaveLength(epochs * stepsPerEpoch);
    expected.forEach((rate, step) => {
      close(learningRateAt(all, step, stepsPerEpoch, expected.length), rate);
    });
  });

  it.each(plateaus.map((one, i) => [`plateau ${i}, patience ${one.patience}, factor ${one.factor}`, one] as const))(
    '%s',
    (_, { patience, factor, rate, losses, rates: expected }) => {
      const plateau = new Plateau();
      losses.forEach((loss, epoch) => {
        plateau.add(loss, { decayFactor: factor, patience, learningRate: rate });
        close(rate * plateau.factor, expected[epoch] as number);
      });
    },
  );

  it('compares all schedules', () => {
    const compared = new Set(schedules.map(({ settings }) => settings.schedule));
    expect([...compared, 'constant', 'plateau'].sort()).toEqual(Object.keys(SCHEDULES).sort());
    expect(plateaus.some(({ rates: found }) => new Set(found).size > 3)).toBe(true);
  });
});

describe('schedules', () => {
  it('constant', () => {
    expect(new Set(rates({}))).toEqual(new Set([1]));
  });

  it('steps: a drop comes no step late where an epoch is no whole number of tenths', () => {
    for (const stepsPerEpoch of [3, 7, 10, 30, 281, 1000]) {
      for (const tenths of [1, 2, 3, 7, 11]) {
        const settings = { ...DEFAULT_TRAINING, schedule: 'step', decayEvery: tenths / 10, decayFactor: 0.5 } as const;
        for (let step = 0; step < 200; step++) {
          const drops = Math.log2(1 / learningRateAt({ ...settings, learningRate: 1 }, step, stepsPerEpoch, 200));
          // In whole numbers: step / (tenths / 10 · stepsPerEpoch).
          expect(Math.round(drops)).toBe(Math.floor((10 * step) / (tenths * stepsPerEpoch)));
        }
      }
    }
  });

  it.each(['cosine', 'oneCycle'] as const)('%s: every step moves, the last one too', (schedule) => {
    const found = rates({ schedule });
    expect(Math.min(...found)).toBe(found[19]);
    expect(found[19]).toBeGreaterThan(1e-6);
  });

  it('a warm-up climbs in a line to whatever the schedule says then', () => {
    expect(rates({ warmupEpochs: 1 }).slice(0, 7)).toEqual([0.2, 0.4, 0.6, 0.8, 1, 1, 1]);
    const [plain, warmed] = [rates({ schedule: 'cosine' }), rates({ schedule: 'cosine', warmupEpochs: 1 })];
    expect(warmed.slice(5)).toEqual(plain.slice(5));
  });

  it('a run of one step is no division by zero', () => {
    for (const schedule of Object.keys(SCHEDULES) as (keyof typeof SCHEDULES)[]) {
      const rate = learningRateAt({ ...DEFAULT_TRAINING, schedule }, 0, 1, 1);
      expect(rate, schedule).toBeGreaterThan(0);
    }
  });

  it('plateau: goes on from what stands in a checkpoint', () => {
    const settings = { decayFactor: 0.5, patience: 1, learningRate: 0.1 };
    const losses = [1, 0.9, 0.95, 0.9, 0.91, 0.8, 0.85, 0.85];
    const [whole, first] = [new Plateau(), new Plateau()];
    for (const loss of losses) whole.add(loss, settings);
    for (const loss of losses.slice(0, 3)) first.add(loss, settings);
    const second = new Plateau(JSON.parse(JSON.stringify(first)));
    for (const loss of losses.slice(3)) second.add(loss, settings);
    expect(second.factor).toBe(whole.factor);
    expect(whole.factor).toBe(0.25);
  });
});

describe('the settings', () => {
  it('offer every loss, optimizer and schedule by name', () => {
    expect(Object.keys(TRAINING_FIELDS.loss.choices)).toEqual(Object.keys(LOSSES));
    expect(Object.keys(TRAINING_FIELDS.optimizer.choices)).toEqual(Object.keys(OPTIMIZERS));
    expect(Object.keys(TRAINING_FIELDS.schedule.choices)).toEqual(Object.keys(SCHEDULES));
    const labels = (all: object) => Object.values(all).map(({ label }) => label);
    expect(Object.values(TRAINING_FIELDS.loss.choices)).toEqual(labels(LOSSES));
    expect(Object.values(TRAINING_FIELDS.optimizer.choices)).toEqual(labels(OPTIMIZERS));
    expect(Object.values(TRAINING_FIELDS.schedule.choices)).toEqual(labels(SCHEDULES));
  });

  it('are kept in the file, and default to what they were where an older file lacks them', () => {
    const design = findTemplate('convnetjs-cifar10')!.create();
    const changed = { ...design, training: { ...design.training, optimizer: 'adam', schedule: 'cosine' } as const };
    expect(parseDesign(formatDesign(changed)).training).toEqual(changed.training);
    const old = JSON.parse(formatDesign(design));
    for (const [field, spec] of Object.entries(TRAINING_FIELDS)) if (spec.added) delete old.training[field];
    expect(parseDesign(JSON.stringify(old)).training).toEqual(design.training);
    old.training.optimizer = 'magic';
    expect(() => parseDesign(JSON.stringify(old))).toThrow('training.optimizer: needs one of "sgd", "nesterov"');
    delete old.training.epochs;
    expect(() => parseDesign(JSON.stringify(old))).toThrow('training.epochs: is missing');
  });
});
