import { setTimeout } from 'node:timers/promises';
import type { Recorder } from '../runs/recorder.ts';
import type { Checkpoint } from '../runs/run-folder.ts';

/** The most of a run's time that saving may take, and milliseconds after which a long epoch is saved in its middle. */
const SHARE = 0.04;
const EVERY = 20_000;
/** Milliseconds after which a checkpoint that could not be written is tried again: twice as long each time. */
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 30_000;

/** When a run's checkpoints are written: now and then, within a share of its time; soon again where that failed. */
export class Saving {
  readonly #recorder: Recorder;
  readonly #snapshot: () => Promise<Checkpoint>;
  readonly #onSaved: (step: number) => void;
  #spent = 0;
  #savedAt = performance.now();
  #pause = FIRST_PAUSE;
  /** When the next try is due after one that failed. */
  #retryAt: number | undefined;

  /** @param snapshot copies the run's state as it is now */
  constructor(recorder: Recorder, snapshot: () => Promise<Checkpoint>, onSaved: (step: number) => void) {
    this.#recorder = recorder;
    this.#snapshot = snapshot;
    this.#onSaved = onSaved;
  }

  /** Whether the last checkpoint could not be written. */
  get isBehind(): boolean {
    return this.#retryAt !== undefined;
  }

  /**
   * Whether a checkpoint is to be written between two steps.
   *
   * @param trained milliseconds spent training so far
   */
  isDue(trained: number): boolean {
    const now = performance.now();
    const isTime = this.#retryAt === undefined ? now - this.#savedAt >= EVERY : now >= this.#retryAt;
    return isTime && this.hasTime(trained);
  }

  /** Whether saving has taken no more than its share of the time. */
  hasTime(trained: number): boolean {
    return this.#spent <= SHARE * trained;
  }

  /** Writes a checkpoint; resolves with whether it is on the disk. */
  async save(): Promise<boolean> {
    const begin = performance.now();
    const checkpoint = await this.#snapshot();
    const { step } = checkpoint.position;
    const isSaved = await this.#recorder.save(checkpoint);
    const now = performance.now();
    this.#spent += now - begin;
    if (isSaved) {
      this.#savedAt = now;
      this.#retryAt = undefined;
      this.#pause = FIRST_PAUSE;
      this.#onSaved(step);
    } else {
      this.#retryAt = now + this.#pause;
      this.#pause = Math.min(2 * this.#pause, LONGEST_PAUSE);
    }
    return isSaved;
  }

  /** Tries again while nothing is trained, until the last checkpoint is written or the signal says that it is enough. */
  async catchUp(signal: AbortSignal): Promise<void> {
    while (this.#retryAt !== undefined && !signal.aborted) {
      const pause = Math.max(0, this.#retryAt - performance.now());
      await setTimeout(pause, undefined, { signal, ref: false }).catch(() => undefined);
      if (!signal.aborted) await this.save();
    }
  }
}
