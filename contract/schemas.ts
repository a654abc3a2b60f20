/** Values that both contracts carry. */
import { z } from 'zod';
import { FILE_VERSION } from '#core/project/design-file.ts';
import { trainingSettingsSchema } from '#core/training/settings.ts';

/** A design file's text; its own parser says what is wrong with it. */
export const designText = z
  .string()
  .max(16 * 2 ** 20)
  .describe(`A design file, version ${FILE_VERSION}`);

export const path = z.string().min(1).max(4096);
export const layerId = z.string().min(1).max(64);
const count = z.int().nonnegative();
const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array);
const floats = z.custom<Float32Array>((value) => value instanceof Float32Array);
const shape = z.tuple([count, count, count]);

/** What pictures of a folder are brought to. */
export const imageSize = z.strictObject({ height: z.int().min(1).max(4096), width: z.int().min(1).max(4096) });
export type ImageSize = z.infer<typeof imageSize>;

/** The data set that a design is trained on, by the id on main's list; what the design file says of it. */
export const dataReference = z.strictObject({
  id: z.string().min(1).max(100),
  name: z.string().min(1).max(200),
  size: imageSize.optional(),
});

/** Tells a run from all others: the name of its folder. */
export const runId = z.string().regex(/^[\w-]{1,80}$/);
export type RunId = z.infer<typeof runId>;

export const designId = z.uuid();

export const range = z.strictObject({ begin: count, end: count });

/** What a data set holds. */
export const dataInfo = z.object({
  name: z.string(),
  /** [C, H, W] */
  shape,
  count,
  train: range,
  validate: range,
  classNames: z.array(z.string()).readonly(),
  /** Images to train on that each class has. */
  classCounts: z.array(count).readonly(),
  /** Its pictures are files of their own, which can be brought to any size. */
  resizable: z.boolean(),
});
export type DataInfo = z.infer<typeof dataInfo>;

/** How far the reading of a folder of pictures is. */
export const dataProgress = z.object({ done: count, total: count });

export const samplesRequest = z.strictObject({
  begin: count,
  count: z.int().min(1).max(256),
  /** As they are seen in an epoch of a run with these settings; none: as they are. */
  augment: z.strictObject({ settings: trainingSettingsSchema, epoch: z.int().min(1).max(1e6) }).optional(),
});
export type SamplesRequest = z.infer<typeof samplesRequest>;
export const samples = z.object({ shape, pixels: bytes, labels: z.array(count) });
export type Samples = z.infer<typeof samples>;

/** What a network can be trained on. */
export const DEVICE_IDS = ['cpu', 'webgpu', 'dml', 'cuda', 'tensorflow'] as const;
export const deviceId = z.enum(DEVICE_IDS);
export type DeviceId = z.infer<typeof deviceId>;

export const DEVICES = ['auto', ...DEVICE_IDS] as const;
export const deviceChoice = z.enum(DEVICES);
export type DeviceChoice = z.infer<typeof deviceChoice>;

/** Whether a device could be used, and why not. */
export const trial = z.strictObject({
  device: deviceId,
  usable: z.boolean(),
  reason: z.string().max(500),
  /** LeNet-5, in batches of 64, where that was measured: its step then agreed with the CPU's. */
  imagesPerSecond: z.number().nonnegative().optional(),
});
export type Trial = z.infer<typeof trial>;
export const trials = z.array(trial).max(DEVICE_IDS.length);

export const device = z.object({
  id: deviceId,
  name: z.string(),
  available: z.boolean(),
  /** Bytes; null where nobody tells. */
  memory: z.number().nullable(),
  /** LeNet-5's training step gave what it gives on the CPU; null for the CPU itself and for what was not tried. */
  agrees: z.boolean().nullable(),
  /** LeNet-5, in batches of 64; null where it was not measured. */
  imagesPerSecond: z.number().nullable(),
  /** Why not, or what is known of it. */
  note: z.string(),
});
export type Device = z.infer<typeof device>;

/** A design, and the bytes of the device that is to train it: this machine's where left out. */
export const memoryQuestion = z.strictObject({ design: designText, available: z.number().positive().optional() });

/** Memory of a training step at its largest, bytes; computed for the CPU, whose values a GPU keeps as well. */
export const trainingMemory = z.object({
  /** Weights and what the optimizer keeps for each. */
  state: z.number(),
  /** Activations, gradients and copies at the moment when they are most. */
  values: z.number(),
  total: z.number(),
  /** Of the device. */
  available: z.number(),
  /** The largest batch whose step fits into that; 0 where not even one image does. */
  largestBatch: z.int().nonnegative(),
});
export type TrainingMemory = z.infer<typeof trainingMemory>;

export const RUN_STATUSES = [
  /** Waits until the run before it has ended. */
  'queued',
  'preparing',
  'running',
  'pausing',
  'paused',
  'stopping',
  'stopped',
  'finished',
  'failed',
] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

/** Whether steps are being trained: pausing and stopping wait for the step under way. */
export function isTraining(status: RunStatus): boolean {
  return status === 'running' || status === 'pausing' || status === 'stopping';
}

/** Whether a run in this state may still go on. */
export function isUnderWay(status: RunStatus): boolean {
  return status !== 'stopped' && status !== 'finished' && status !== 'failed';
}

/** What a run is going to do; known once data and network are ready. */
export const runPlan = z.object({
  /** Name of the design that is trained. */
  design: z.string(),
  device: z.string(),
  /** Why this device. */
  deviceNote: z.string(),
  data: z.string(),
  trainCount: count,
  validateCount: count,
  batchSize: count,
  stepsPerEpoch: count,
  steps: count,
  epochs: count,
  /** What may not be meant as it is, in sentences. */
  warnings: z.array(z.string()).readonly().default([]),
});
export type RunPlan = z.infer<typeof runPlan>;

/** Consecutive steps: loss and share of hits. `first` counts from 1; each value is the mean of `every` steps. */
export const stepMetrics = z.object({ first: count, every: z.int().positive(), losses: floats, accuracies: floats });
export type StepMetrics = z.infer<typeof stepMetrics>;

/** All of a run's steps so far. The last value may be the mean of fewer steps than the others. */
export const stepHistory = z.object({ count, every: z.int().positive(), losses: floats, accuracies: floats });

export const epochMetrics = z.object({
  epoch: count,
  /** Steps done so far. */
  step: count,
  loss: z.number(),
  accuracy: z.number(),
  valLoss: z.number(),
  valAccuracy: z.number(),
  imagesPerSecond: z.number(),
});
export type EpochMetrics = z.infer<typeof epochMetrics>;

/** The weights of one CONV, or as many of them as are shown. */
export const filterBank = z.object({
  layer: layerId,
  name: z.string(),
  /** [filters, channels, height, width] of `values` */
  dims: z.tuple([count, count, count, count]),
  values: floats,
  /** Filters and channels that the layer really has. */
  filters: count,
  channels: count,
});
export type FilterBank = z.infer<typeof filterBank>;

export const filterPictures = z.object({ step: count, banks: z.array(filterBank) });

/** Output volume of one layer for one picture, scaled to bytes. */
export const activationVolume = z.object({
  layer: layerId,
  name: z.string(),
  /** [maps, height, width] of `pixels` */
  dims: shape,
  pixels: bytes,
  /** The values that 0 and 255 stand for. */
  low: z.number(),
  high: z.number(),
  /** Maps that the layer really has. */
  maps: count,
});
export type ActivationVolume = z.infer<typeof activationVolume>;

export const activationMaps = z.object({
  step: count,
  sample: count,
  label: count,
  /** The network's output for the picture. */
  output: floats,
  volumes: z.array(activationVolume),
});
export type ActivationMaps = z.infer<typeof activationMaps>;

/** What a page wants to see of a run. */
export const watch = z.strictObject({
  filters: z.boolean(),
  /** Index of a held-back image, counted from the first of them. */
  activations: count.nullable(),
});
export type Watch = z.infer<typeof watch>;

/** Where the weights of a layer come from when a design takes over those of a run. */
export const layerWeights = z.object({
  layer: z.string(),
  name: z.string(),
  state: z.enum(['trained', 'partly', 'initial']),
  /** Why not all of them are trained, in a sentence; empty where they are. */
  reason: z.string(),
});

export const exportReceipt = z.object({
  path: z.string(),
  bytes: count,
  /** `partly`: some layers have first weights, since they are new or were changed after the training. */
  weights: z.enum(['trained', 'partly', 'initial']),
  /** Names of the layers with first weights, where some are trained. */
  initialLayers: z.array(z.string()),
  /** Steps that the weights were trained for. */
  steps: count,
  /** Largest difference between the file's output in ONNX Runtime and the app's own, over some images. */
  maxDifference: z.number(),
  images: count,
});
export type ExportReceipt = z.infer<typeof exportReceipt>;
