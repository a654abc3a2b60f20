import { z } from 'zod';
import { choice, type FieldSpecs, type FieldsOf, fieldSchema, flag, integer, real } from '../layers/fields.ts';

/** How a network is trained: the Train panel, the command line and the saved file are made from these. */
export const TRAINING_FIELDS = {
  epochs: integer({ label: 'Epochs', help: 'How often every image is seen.', default: 5, min: 1, max: 100000 }),
  batchSize: integer({
    label: 'Batch size',
    help: 'Images in one step; their mean loss is followed downhill.',
    default: 32,
    min: 1,
    max: 65536,
  }),
  learningRate: real({
    label: 'Learning rate',
    help: 'Length of a step along the gradient (η).',
    default: 0.02,
    min: 0,
    max: 100,
  }),
  optimizer: choice({
    label: 'Optimizer',
    help: 'How a step follows from the gradient.',
    default: 'sgd',
    choices: {
      sgd: 'SGD with momentum',
      nesterov: 'SGD, Nesterov momentum',
      adagrad: 'Adagrad',
      rmsprop: 'RMSprop',
      adam: 'Adam',
      adamw: 'AdamW',
    },
  }),
  momentum: real({
    label: 'Momentum',
    help: 'Share of the last step that is kept in the next (μ).',
    default: 0.9,
    min: 0,
    max: 0.9999,
  }),
  weightDecay: real({
    label: 'Weight decay',
    help: 'Pulls every weight towards zero (L2, λ).',
    default: 0,
    min: 0,
    max: 10,
  }),
  beta1: real({
    label: 'Beta 1',
    help: 'Share of the mean gradient that Adam keeps (β₁).',
    default: 0.9,
    min: 0,
    max: 0.9999,
  }),
  beta2: real({
    label: 'Beta 2',
    help: 'Share of the mean squared gradient that Adam keeps (β₂).',
    default: 0.999,
    min: 0,
    max: 0.999999,
  }),
  rho: real({
    label: 'Rho',
    help: 'Share of the mean squared gradient that RMSprop keeps (ρ).',
    default: 0.99,
    min: 0,
    max: 0.9999,
  }),
  epsilon: real({
    label: 'Epsilon',
    help: 'Added to the root of the mean square, so that nothing is divided by zero (ε).',
    default: 1e-8,
    min: 1e-12,
    max: 1,
  }),
  schedule: choice({
    label: 'Schedule',
    help: 'How the learning rate changes over the run: in steps, exponentially, along a cosine or one cycle down to 0, or when the validation loss rests.',
    default: 'constant',
    choices: {
      constant: 'Constant',
      step: 'Steps',
      exponential: 'Exponential',
      cosine: 'Cosine',
      oneCycle: 'One cycle',
      plateau: 'Plateau',
    },
  }),
  decayFactor: real({
    label: 'Factor',
    help: 'What the learning rate is multiplied by.',
    default: 0.1,
    min: 1e-6,
    max: 1,
  }),
  decayEvery: real({ label: 'Every', help: 'Epochs for one factor.', default: 10, min: 0.001, max: 100000 }),
  patience: integer({
    label: 'Patience',
    help: 'Epochs without a lower validation loss before the learning rate is multiplied.',
    default: 3,
    min: 1,
    max: 100000,
  }),
  warmupEpochs: real({
    label: 'Warm-up',
    help: 'Epochs over which the learning rate climbs from near 0 to what the schedule says.',
    default: 0,
    min: 0,
    max: 100000,
  }),
  labelSmoothing: real({
    label: 'Smoothing',
    help: 'Share of every target that is spread evenly over all classes while training (label smoothing).',
    default: 0,
    min: 0,
    max: 0.9,
  }),
  clipNorm: real({
    label: 'Clip norm',
    help: 'Longest gradient, over all weights together, that a step follows; a longer one is scaled down. 0: any.',
    default: 0,
    min: 0,
    max: 1e6,
  }),
  seed: integer({
    label: 'Seed',
    help: 'Same seed, same device: the same first weights, the same order, the same losses.',
    default: 1,
    min: 0,
    max: 2 ** 31 - 1,
  }),
  shuffle: flag({ label: 'Shuffle', help: 'A new order of the images in every epoch.', default: true }),
} as const satisfies FieldSpecs;

export type TrainingSettings = FieldsOf<typeof TRAINING_FIELDS>;

/** Settings that are compiled into a training step; the others are fed to it. */
export type CompiledSettings = Pick<TrainingSettings, 'optimizer' | 'labelSmoothing' | 'clipNorm'>;

/**
 * Settings that came after the first files were written: where one is missing, it is what it always had been. The order
 * of the rest is that in which people look for them.
 */
export const ADDED_SETTINGS = [
  'optimizer',
  'beta1',
  'beta2',
  'rho',
  'epsilon',
  'schedule',
  'decayFactor',
  'decayEvery',
  'patience',
  'warmupEpochs',
  'labelSmoothing',
  'clipNorm',
] as const satisfies readonly (keyof TrainingSettings)[];

export const DEFAULT_TRAINING = Object.fromEntries(
  Object.entries(TRAINING_FIELDS).map(([name, spec]) => [name, spec.default]),
) as TrainingSettings;

/** Accepts settings in full. */
export const trainingSettingsSchema = z.strictObject(
  Object.fromEntries(Object.entries(TRAINING_FIELDS).map(([name, spec]) => [name, fieldSchema(spec)])),
) as unknown as z.ZodType<TrainingSettings>;
