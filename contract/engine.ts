/** The border between main (or the command line) and the training process. */
import { z } from 'zod';
import { LOSSES, type LossKind } from '#core/training/losses/index.ts';
import { call, defineContract } from './define.ts';
import {
  activationMaps,
  dataInfo,
  dataProgress,
  designText,
  device,
  deviceChoice,
  deviceId,
  epochMetrics,
  exportReceipt,
  filterBank,
  filterPictures,
  imageSize,
  layerId,
  memoryQuestion,
  path,
  RUN_STATUSES,
  range,
  runId,
  runPlan,
  samples,
  samplesRequest,
  stepMetrics,
  trainingMemory,
  trials,
} from './schemas.ts';

/** Where pictures come from. */
export const dataSource = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('digits') }),
  z.strictObject({ type: z.literal('folder'), path, size: imageSize.optional() }),
]);
export type DataSource = z.infer<typeof dataSource>;

/** Whose weights a model gets: those of a run that this process holds, or of a run's checkpoint. */
export const trainedWeights = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('run'), run: runId }),
  z.strictObject({
    type: z.literal('checkpoint'),
    path,
    /** The design that they were trained with: weights are found by its layers' ids. */
    design: designText,
    steps: z.int().nonnegative(),
  }),
]);
export type TrainedWeights = z.infer<typeof trainedWeights>;

/** What all pages together want to see of a run. */
export const engineWatch = z.strictObject({
  filters: z.boolean(),
  /** Indices of held-back images, counted from the first of them. */
  activations: z.array(z.int().nonnegative()).max(8),
});
export type EngineWatch = z.infer<typeof engineWatch>;

const none = z.strictObject({});
const nothing = z.void();
const run = z.strictObject({ run: runId });
const ranges = z.strictObject({ train: range.optional(), validate: range.optional() });

export const engineContract = defineContract({
  calls: {
    'data.describe': call(z.strictObject({ source: dataSource }), dataInfo),
    'data.samples': call(z.strictObject({ source: dataSource, ...samplesRequest.shape }), samples),
    /** Every device this program knows, and what is missing for it; '' where it is worth trying. */
    'devices.possible': call(none, z.array(z.object({ device: deviceId, obstacle: z.string() }))),
    /** Adds numbers on a device or, to measure it, compares LeNet-5's step with the CPU's; fails, or ends the process. */
    'device.try': call(
      z.strictObject({ device: deviceId, measure: z.boolean() }),
      z.object({ imagesPerSecond: z.number().nullable() }),
    ),
    /** Predicts what a training step with the design's own batch size takes on the CPU. */
    'design.memory': call(memoryQuestion, trainingMemory),
    'devices.list': call(z.strictObject({ trials }), z.array(device)),
    /** Prepares and starts a run; one that is under way is stopped first. Its course comes as events. */
    'run.start': call(
      z.strictObject({
        run: runId,
        design: designText,
        source: dataSource,
        ranges,
        device: deviceChoice,
        /** Needed unless the device is the CPU; contract/device-trials.ts makes them. */
        trials: trials.optional(),
        /** Steps after which to end, whatever the epochs. */
        steps: z.int().positive().optional(),
        /** An ONNX file to take the first weights from. */
        from: path.optional(),
        /** A new folder for the run's metrics and checkpoints. */
        folder: path.optional(),
      }),
      nothing,
    ),
    /** Goes on with the run in a folder from its latest checkpoint. */
    'run.continue': call(z.strictObject({ run: runId, folder: path, trials: trials.optional() }), nothing),
    /** What a run's folder says of it. */
    'run.inspect': call(
      z.strictObject({ folder: path }),
      z.object({ design: z.string(), device: z.string(), step: z.int() }),
    ),
    'run.pause': call(run, nothing),
    'run.resume': call(run, nothing),
    'run.stop': call(run, nothing),
    /**
     * Writes a run that this process holds, as it is between two steps, as a new run's folder: for when its own cannot be
     * written. Gives the steps done.
     */
    'run.saveAs': call(z.strictObject({ run: runId, folder: path }), z.object({ step: z.int() })),
    /** Lets go of a run that has ended, whether or not all of it is on the disk. */
    'run.discard': call(run, nothing),
    'run.watch': call(z.strictObject({ run: runId, ...engineWatch.shape }), nothing),
    /** All of one CONV's weights. */
    'run.filters': call(z.strictObject({ run: runId, layer: layerId }), filterBank),
    'model.export': call(
      z.strictObject({
        design: designText,
        path,
        source: dataSource.optional(),
        /** None: first weights. */
        weights: trainedWeights.optional(),
      }),
      exportReceipt,
    ),
    'model.evaluate': call(
      z.strictObject({ path, source: dataSource, range: range.optional() }),
      z.object({
        /** null where it is infinite: the model gives an image's class a probability of 0 */
        loss: z.number().nullable(),
        lossKind: z.enum(Object.keys(LOSSES) as [LossKind, ...LossKind[]]),
        /** Whether the file names that loss, or it is assumed from how the model ends. */
        lossFrom: z.enum(['file', 'assumed']),
        accuracy: z.number(),
        count: z.int(),
        imagesPerSecond: z.number(),
      }),
    ),
  },
  events: {
    /** `diverged` where it failed because numbers were not finite any more: going on would fail again. */
    'run.status': z.object({ run: runId, status: z.enum(RUN_STATUSES), message: z.string(), diverged: z.boolean() }),
    'data.progress': z.object({ source: dataSource, ...dataProgress.shape }),
    'run.plan': z.object({ run: runId, plan: runPlan }),
    'run.steps': z.object({ run: runId, ...stepMetrics.shape }),
    'run.epoch': z.object({ run: runId, ...epochMetrics.shape }),
    'run.filters': z.object({ run: runId, ...filterPictures.shape }),
    'run.activations': z.object({ run: runId, ...activationMaps.shape }),
    /** A checkpoint was saved: steps done. */
    'run.saved': z.object({ run: runId, step: z.int(), path: z.string() }),
  },
});
export type EngineContract = typeof engineContract;
