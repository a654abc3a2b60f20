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
  runPlan,
  samples,
  samplesRequest,
  stepMetrics,
  trainingMemory,
  trials,
  watch,
} from './schemas.ts';

/** Where pictures come from. */
export const dataSource = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('digits') }),
  z.strictObject({ type: z.literal('folder'), path, size: imageSize.optional() }),
]);
export type DataSource = z.infer<typeof dataSource>;

const none = z.strictObject({});
const nothing = z.void();
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
    'run.continue': call(z.strictObject({ folder: path, trials: trials.optional() }), nothing),
    /** What a run's folder says of it. */
    'run.inspect': call(
      z.strictObject({ folder: path }),
      z.object({ design: z.string(), device: z.string(), step: z.int() }),
    ),
    'run.pause': call(none, nothing),
    'run.resume': call(none, nothing),
    'run.stop': call(none, nothing),
    'run.watch': call(watch, nothing),
    /** All of one CONV's weights. */
    'run.filters': call(z.strictObject({ layer: layerId }), filterBank),
    /** The run's weights where the design is the one that was trained, else those of `from`, else first weights. */
    'model.export': call(
      z.strictObject({
        design: designText,
        path,
        source: dataSource.optional(),
        from: z.strictObject({ path, steps: z.int().nonnegative() }).optional(),
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
    'run.status': z.object({ status: z.enum(RUN_STATUSES), message: z.string(), diverged: z.boolean() }),
    'data.progress': dataProgress,
    'run.plan': runPlan,
    'run.steps': stepMetrics,
    'run.epoch': epochMetrics,
    'run.filters': filterPictures,
    'run.activations': activationMaps,
    /** A checkpoint was saved: steps done. */
    'run.saved': z.object({ step: z.int(), path: z.string() }),
  },
});
export type EngineContract = typeof engineContract;
