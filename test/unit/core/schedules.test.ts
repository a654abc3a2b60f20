import { describe, expect, it } from 'vitest';
import { formatDesign, parseDesign } from '#core/project/design-file.ts';
import { findTemplate } from '#core/templates/index.ts';
import { LOSSES } from '#core/training/losses/index.ts';
import { OPTIMIZERS } from '#core/training/optimizers/index.ts';
import { learningRateAt, Plateau, SCHEDULES } from '#core/training/schedules/index.ts';
import { DEFAULT_TRAINING, TRAINING_FIELDS, type TrainingSettings } from '#core/training/settings.ts';

/** The learning rate of every step of a run of 4 epochs with 5 steps each. */
function rates(settings: Partial<TrainingSettings>): number[] {
  const all = { ...DEFAULT_TRAINING, learningRate: 1, epochs: 4, ...settings };
  return Array.from({ length: 20 }, (_, step) => learningRateAt(all, step, 5, 20));
}

describe('schedules', () => {
  it('constant', () => {
    expect(new Set(rates({}))).toEqual(new Set([1]));
  });

  it('steps: × factor every so many epochs', () => {
    const found = rates({ schedule: 'step', decayFactor: 0.5, decayEvery: 2 });
    expect(found.slice(0, 10)).toEqual(new Array(10).fill(1));
    expect(found.slice(10)).toEqual(new Array(10).fill(0.5));
  });

  it('exponential: the factor is reached after so many epochs', () => {
    const found = rates({ schedule: 'exponential', decayFactor: 0.25, decayEvery: 2 });
    expect(found[0]).toBe(1);
    expect(found[5]).toBeCloseTo(0.5, 12);
    expect(found[10]).toBeCloseTo(0.25, 12);
  });

  it('cosine: from the learning rate to 0, half of it in the middle', () => {
    const found = rates({ schedule: 'cosine' });
    expect(found[0]).toBe(1);
    expect(found[19]).toBeCloseTo(0, 12);
    expect(((found[9] as number) + (found[10] as number)) / 2).toBeCloseTo(0.5, 12);
    expect(found).toEqual([...found].sort((a, b) => b - a));
  });

  it('one cycle: climbs for 30 % of the run, then falls to 0', () => {
    const found = rates({ schedule: 'oneCycle' });
    const top = found.indexOf(Math.max(...found));
    expect(found[0]).toBeCloseTo(1 / 25, 12);
    expect(top / 19).toBeCloseTo(0.3, 1);
    expect(Math.max(...found)).toBeGreaterThan(0.99);
    expect(found[19]).toBeCloseTo(0, 12);
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

  it('plateau: drops when the loss has not fallen for so many epochs, and waits anew', () => {
    const plateau = new Plateau();
    const factors = [1, 0.9, 0.95, 0.9, 0.91, 0.8, 0.85, 0.85].map((loss) => {
      plateau.add(loss, { decayFactor: 0.5, patience: 2 });
      return plateau.factor;
    });
    expect(factors).toEqual([1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.25]);
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
