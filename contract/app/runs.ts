/** Training runs. Every call and every event names its run. */
import { z } from 'zod';
import { call } from '../define.ts';
import {
  activationMaps,
  dataInfo,
  dataReference,
  designId,
  designText,
  deviceChoice,
  epochMetrics,
  filterBank,
  filterPictures,
  layerId,
  RUN_STATUSES,
  runId,
  runPlan,
  samples,
  stepHistory,
  stepMetrics,
  watch,
} from '../schemas.ts';

const run = z.strictObject({ run: runId });
const nothing = z.void();
const count = z.int().nonnegative();

/** A run in the list of all runs. */
export const runEntry = z.object({
  id: runId,
  /** The design that it trains; the id is that of the design, and is missing where it had none. */
  design: z.object({ id: designId.optional(), name: z.string() }),
  status: z.enum(RUN_STATUSES),
  /** Why it failed or ended early. */
  message: z.string(),
  /** Milliseconds since 1970. */
  startedAt: z.number(),
  /** Steps done, and steps planned; none before that is known. */
  step: count,
  plannedSteps: count.optional(),
  /** The last epoch's. */
  validationAccuracy: z.number().optional(),
  data: z.string(),
  device: z.string(),
  /** Of its folder. */
  bytes: count,
  /** It ended before it was done, and can go on from a checkpoint. */
  canResume: z.boolean(),
  /** There are trained weights of it. */
  hasWeights: z.boolean(),
});
export type RunEntry = z.infer<typeof runEntry>;

/** A run with all that is known of it. */
export const runSnapshot = z.object({
  entry: runEntry,
  plan: runPlan.optional(),
  /** Milliseconds spent training. */
  ranFor: z.number(),
  steps: stepHistory,
  epochs: z.array(epochMetrics),
});
export type RunSnapshot = z.infer<typeof runSnapshot>;

export const runCalls = {
  /** All runs, the latest first. */
  'runs.list': call(z.strictObject({}), z.array(runEntry)),
  /** Trains a design; where another run is under way, it is queued behind that. */
  'runs.start': call(z.strictObject({ design: designText, data: dataReference, device: deviceChoice }), run),
  'runs.pause': call(run, nothing),
  /** Goes on after a pause, or with a run that ended before it was done, from its latest checkpoint. */
  'runs.resume': call(run, nothing),
  /** Stops a run after the step under way, or takes it out of the queue. */
  'runs.stop': call(run, nothing),
  /** Deletes a run that is not under way, with its folder and its weights. */
  'runs.delete': call(run, nothing),
  /** What is known of a run; from now on this page hears of its steps, epochs and images. */
  'runs.follow': call(run, runSnapshot),
  'runs.unfollow': call(run, nothing),
  'runs.watch': call(z.strictObject({ run: runId, ...watch.shape }), nothing),
  'runs.filters': call(z.strictObject({ run: runId, layer: layerId }), filterBank),
  /** The data set that the run was started with. */
  'runs.data': call(run, dataInfo),
  'runs.samples': call(z.strictObject({ run: runId, begin: count, count: z.int().min(1).max(256) }), samples),
};

export const runEvents = {
  /** A run began, or something in its entry changed; every page hears it. */
  'runs.changed': runEntry,
  'runs.deleted': run,
  'runs.plan': z.object({ run: runId, plan: runPlan }),
  'runs.steps': z.object({ run: runId, ranFor: z.number(), ...stepMetrics.shape }),
  'runs.epoch': z.object({ run: runId, ...epochMetrics.shape }),
  'runs.filters': z.object({ run: runId, ...filterPictures.shape }),
  'runs.activations': z.object({ run: runId, ...activationMaps.shape }),
};
