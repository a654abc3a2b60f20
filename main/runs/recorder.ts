import { type Metric, MetricsWriter } from './metrics.ts';
import type { Checkpoint, RunFolder } from './run-folder.ts';

/** Writes what a run does into its folder. What cannot be written is told once, and never stops the run. */
export class Recorder {
  readonly folder: RunFolder;
  readonly #metrics: MetricsWriter;
  readonly #onFault: (message: string) => void;
  #faulty = false;

  /** @param onFault told why something could not be written */
  constructor(folder: RunFolder, onFault: (message: string) => void) {
    this.folder = folder;
    this.#metrics = new MetricsWriter(folder.metrics);
    this.#onFault = onFault;
  }

  append(...metrics: readonly Metric[]): void {
    this.#metrics.append(...metrics);
  }

  /** Answers whether the checkpoint is on disk. */
  async save(checkpoint: Checkpoint): Promise<boolean> {
    // Metrics first: a checkpoint without those of its steps would leave a hole in the curve.
    return this.#attempt('The checkpoint', async () => {
      await this.#metrics.flushed();
      await this.folder.save(checkpoint);
    });
  }

  async saveBest(values: Checkpoint['values']): Promise<void> {
    await this.#attempt('The best weights', () => this.folder.saveBest(values));
  }

  async close(): Promise<void> {
    await this.#attempt('The metrics', () => this.#metrics.flushed());
    await this.#metrics.close();
    await this.folder.giveBack();
  }

  async #attempt(what: string, write: () => Promise<void>): Promise<boolean> {
    try {
      await write();
      return true;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (!this.#faulty) this.#onFault(`${what} could not be written to ${this.folder.path}: ${reason}`);
      this.#faulty = true;
      return false;
    }
  }
}
