import { z } from 'zod';
import { type FieldSpecs, type FieldsOf, fieldSchema, flag, integer, real } from '../layers/fields.ts';

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

export const DEFAULT_TRAINING = Object.fromEntries(
  Object.entries(TRAINING_FIELDS).map(([name, spec]) => [name, spec.default]),
) as TrainingSettings;

/** Accepts settings in full. */
export const trainingSettingsSchema = z.strictObject(
  Object.fromEntries(Object.entries(TRAINING_FIELDS).map(([name, spec]) => [name, fieldSchema(spec)])),
) as unknown as z.ZodType<TrainingSettings>;
