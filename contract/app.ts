/** The border between the page and main. The page names data sets and designs by ids that main gave out, never by paths. */
import { z } from 'zod';
import { call, defineContract } from './define.ts';
import {
  activationMaps,
  dataInfo,
  dataProgress,
  designText,
  device,
  deviceChoice,
  epochMetrics,
  exportReceipt,
  filterBank,
  filterPictures,
  imageSize,
  layerId,
  memoryQuestion,
  path,
  RUN_STATUSES,
  runPlan,
  samples,
  samplesRequest,
  stepMetrics,
  trainingMemory,
  watch,
} from './schemas.ts';

const id = z.string().min(1).max(100);
const none = z.strictObject({});
const nothing = z.void();

export const designEntry = z.object({
  id,
  name: z.string(),
  path: z.string(),
  /** Milliseconds since 1970. */
  modified: z.number(),
});
export type DesignEntry = z.infer<typeof designEntry>;

/** A design as main has it on disk. `revision` changes with every write and guards against overwriting someone else's. */
const openedDesign = z.object({ ...designEntry.shape, text: z.string(), revision: z.string() });
export type OpenedDesign = z.infer<typeof openedDesign>;

/** A data set the user may choose: `location` is its folder, empty for the built-in one. */
const dataSet = z.object({ id, name: z.string(), location: z.string() });
export type DataSet = z.infer<typeof dataSet>;

/** All that is known of the current or last run; a page that is opened later starts from it. */
const runSnapshot = z.object({
  status: z.enum(RUN_STATUSES),
  message: z.string(),
  plan: runPlan.optional(),
  /** The design that is trained. */
  design: z.string(),
  step: z.int(),
  /** Milliseconds since 1970, and milliseconds spent running. */
  startedAt: z.number(),
  ranFor: z.number(),
  steps: stepMetrics,
  epochs: z.array(epochMetrics),
  canContinue: z.boolean(),
});
export type RunSnapshot = z.infer<typeof runSnapshot>;

export const appContract = defineContract({
  calls: {
    'app.describe': call(
      none,
      z.object({
        version: z.string(),
        shell: z.enum(['electron', 'browser']),
        designsFolder: z.string(),
        runtime: z.string(),
      }),
    ),
    'designs.recent': call(none, z.array(designEntry)),
    'designs.open': call(z.strictObject({ id }), openedDesign),
    /** A design on the list, without opening it: it becomes none of those used last. */
    'designs.read': call(z.strictObject({ id }), z.object({ text: z.string() })),
    /** Asks the user for a file (Electron only). */
    'designs.pick': call(none, openedDesign.nullable()),
    /** Saves a new design under a free name. */
    'designs.create': call(z.strictObject({ text: designText }), openedDesign),
    'designs.save': call(
      z.strictObject({ id, text: designText, revision: z.string().max(100) }),
      z.object({ revision: z.string() }),
    ),
    'designs.forget': call(z.strictObject({ id }), nothing),
    /** Opens a file that the desktop handed over (Electron): each once, for the first page that asks; null: none waits. */
    'designs.takeWaiting': call(none, openedDesign.nullable()),
    'data.list': call(none, z.array(dataSet)),
    /** Adds a folder; without a path the user is asked for one (Electron only). */
    'data.add': call(z.strictObject({ path: path.optional() }), dataSet.nullable()),
    'data.describe': call(z.strictObject({ id }), dataInfo),
    'data.forget': call(z.strictObject({ id }), nothing),
    /** Sets what a folder's pictures are brought to; null: they stay as they are. */
    'data.resize': call(z.strictObject({ id, size: imageSize.nullable() }), nothing),
    'data.samples': call(z.strictObject({ id, ...samplesRequest.shape }), samples),
    'design.memory': call(memoryQuestion, trainingMemory),
    'devices.list': call(none, z.array(device)),
    'run.start': call(z.strictObject({ design: designText, data: id, device: deviceChoice }), nothing),
    'run.pause': call(none, nothing),
    'run.resume': call(none, nothing),
    'run.stop': call(none, nothing),
    /** Goes on with a run that ended before it was done, from its latest checkpoint. */
    'run.continue': call(none, nothing),
    'run.snapshot': call(none, runSnapshot.nullable()),
    'run.watch': call(watch, nothing),
    'run.filters': call(z.strictObject({ layer: layerId }), filterBank),
    /** Asks where to (Electron), or writes beside the designs and answers where to download it. */
    'model.export': call(
      z.strictObject({ design: designText, data: id.optional() }),
      z.object({ receipt: exportReceipt, download: z.string().nullable() }).nullable(),
    ),
  },
  events: {
    'run.status': z.object({
      status: z.enum(RUN_STATUSES),
      message: z.string(),
      ranFor: z.number(),
      canContinue: z.boolean(),
    }),
    'data.progress': dataProgress,
    'run.plan': runPlan,
    'run.steps': stepMetrics,
    'run.epoch': epochMetrics,
    'run.filters': filterPictures,
    'run.activations': activationMaps,
    /** The user chose something from the menu (Electron). */
    'menu.command': z.object({ command: z.enum(['new', 'open', 'export', 'undo', 'redo', 'fit']) }),
    /** The desktop handed a design over (Electron); designs.takeWaiting opens it. */
    'designs.waiting': z.object({}),
  },
});
export type AppContract = typeof appContract;
