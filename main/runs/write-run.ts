import type { NamedValues } from '../training/states.ts';
import { formatMetric } from './metrics.ts';
import type { RecordedRun } from './recorder.ts';
import type { Checkpoint, RunFolder } from './run-folder.ts';

/** All of a run at one moment. */
export interface WholeRun extends RecordedRun {
  readonly checkpoint: Checkpoint;
  /** The weights with the lowest validation loss, where they are wanted. */
  readonly best?: NamedValues;
}

/**
 * Writes a run as a new folder, from which it can go on. Long curves are thinned out in it. Where that fails, nothing of
 * it is left.
 */
export async function writeRun(folder: RunFolder, run: WholeRun): Promise<void> {
  const { history, checkpoint, best } = run;
  await folder.create(run);
  try {
    const lines = [...history.metrics()].map((metric) => `${formatMetric(metric)}\n`).join('');
    await folder.writeMetrics(lines);
    if (best !== undefined) await folder.saveBest(best);
    const metricsBytes = Buffer.byteLength(lines);
    await folder.save({ ...checkpoint, metricsBytes });
    await folder.saveHistory(history, metricsBytes);
    await folder.release();
  } catch (error) {
    await folder.discard();
    throw error;
  }
}
