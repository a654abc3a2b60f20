import { formatBytes } from '#core/format.ts';
import { LineWriter } from '#disk/line-writer.ts';
import { NO_SPACE, WriteError } from '#disk/write-error.ts';
import type { NamedValues } from '../training/states.ts';
import type { RunHistory } from './history.ts';
import { formatMetric, type Metric, thinMetrics } from './metrics.ts';
import type { Checkpoint, RunDescription, RunFolder } from './run-folder.ts';

/** A run as its folder holds it, in memory: all that is needed to make the folder again. */
export interface RecordedRun extends RunDescription {
  /** What is shown of it; whoever appends metrics adds them here, too. */
  readonly history: RunHistory;
}

export interface RecorderEvents {
  /** Something cannot be written: what, why, and what to do. Once, until all can be written again. */
  onTrouble(message: string): void;
  /** All can be written again. */
  onRecovery(message: string): void;
}

type Part = 'metrics' | 'checkpoint' | 'best weights';

/**
 * Writes what a run does into its folder. What cannot be written is kept, and tried again; it never stops the run. A folder
 * that was deleted is made again from memory.
 */
export class Recorder {
  readonly folder: RunFolder;
  readonly #run: () => RecordedRun;
  readonly #events: RecorderEvents;
  readonly #lines: LineWriter<Metric>;
  /** What could not be written at the last try. */
  readonly #troubles = new Set<Part>();
  /** The best weights, where they are not on the disk. */
  #best: NamedValues | undefined;

  constructor(folder: RunFolder, run: () => RecordedRun, events: RecorderEvents) {
    this.folder = folder;
    this.#run = run;
    this.#events = events;
    this.#lines = new LineWriter<Metric>(folder.metrics, {
      files: folder.files,
      format: formatMetric,
      thin: thinMetrics,
      prepare: () => this.#ensureFolder(),
      onFailure: (error) => this.#failed('metrics', error),
      onSuccess: () => this.#worked('metrics'),
    });
  }

  append(...metrics: readonly Metric[]): void {
    this.#lines.append(metrics);
  }

  /** Tries to have all on the disk that waits here: metrics and the best weights. Resolves with whether it is. */
  async flush(): Promise<boolean> {
    if (this.#best !== undefined) await this.saveBest(this.#best);
    return (await this.#lines.flush()) && this.#best === undefined;
  }

  /** Tries to write a checkpoint; resolves with whether it is on the disk. */
  async save(checkpoint: Checkpoint): Promise<boolean> {
    if (this.#best !== undefined) await this.saveBest(this.#best);
    // Metrics first: a checkpoint without those of its steps would leave a hole in the curve.
    if (!(await this.#lines.flush())) return false;
    const metricsBytes = this.#lines.bytes;
    if (!(await this.#attempt('checkpoint', () => this.folder.save({ ...checkpoint, metricsBytes })))) return false;
    // Not needed to go on: without it the metrics are read from their beginning.
    await this.folder.saveHistory(this.#run().history, metricsBytes).catch(() => undefined);
    return true;
  }

  /** Keeps the best weights: in memory until they are on the disk. */
  async saveBest(values: NamedValues): Promise<void> {
    this.#best = values;
    const isSaved = await this.#attempt('best weights', () => this.folder.saveBest(values));
    if (isSaved) this.#best = undefined;
  }

  /** The best weights; undefined where they were deleted. */
  async best(): Promise<NamedValues | undefined> {
    return this.#best ?? (await this.folder.best());
  }

  /** Tries a last time, and lets others have the folder. */
  async close(): Promise<void> {
    await this.#lines.close();
    await this.folder.release().catch(() => undefined);
  }

  async #attempt(part: Part, write: () => Promise<void>): Promise<boolean> {
    try {
      // A folder that is gone is made again where its metrics are opened.
      if ((await this.folder.state()) !== 'ours' && !(await this.#lines.flush())) return false;
      await write();
      this.#worked(part);
      return true;
    } catch (error) {
      this.#failed(part, error);
      return false;
    }
  }

  #failed(part: Part, error: unknown): void {
    const isFirst = this.#troubles.size === 0;
    this.#troubles.add(part);
    if (!isFirst) return;
    const reason = error instanceof Error ? error.message : String(error);
    const { checkpointBytes } = this.folder;
    const isFull = error instanceof WriteError && NO_SPACE.has(error.code) && checkpointBytes > 0;
    const needed = isFull ? ` A checkpoint of this run takes ${formatBytes(checkpointBytes)}.` : '';
    this.#events.onTrouble(
      `The run cannot be saved: ${reason}${needed} Training goes on, and everything is kept in memory; saving is tried again until it works.`,
    );
  }

  #worked(part: Part): void {
    if (!this.#troubles.delete(part) || this.#troubles.size > 0) return;
    this.#events.onRecovery(`${this.folder.path} can be written again; nothing was lost.`);
  }

  async #ensureFolder(): Promise<void> {
    const state = await this.folder.state();
    if (state === 'ours') return;
    if (state === 'taken') {
      throw new WriteError(
        this.folder.path,
        '',
        `Another process goes on with the run in ${this.folder.path}, so nothing more is written there.`,
      );
    }
    await this.#remake();
  }

  /** Makes the deleted folder again, with the curve as it is remembered and without the checkpoints that were in it. */
  async #remake(): Promise<void> {
    const { history, ...description } = this.#run();
    // All of these are in the history as well.
    const waiting = this.#lines.takeWaiting();
    const lines = [...history.metrics()].map((metric) => `${formatMetric(metric)}\n`).join('');
    try {
      await this.folder.remake(description);
      await this.folder.writeMetrics(lines);
    } catch (error) {
      this.#lines.putBack(waiting);
      throw error;
    }
    this.#events.onRecovery(
      `${this.folder.path} was deleted while the run was under way. It was made again from memory; long curves are thinned out in it, and the next checkpoint follows soon.`,
    );
  }
}
