import { setTimeout } from 'node:timers/promises';
import type { RunSnapshot } from '#contract/app.ts';
import {
  type EpochMetrics,
  isTraining,
  isUnderWay,
  type RunPlan,
  type RunStatus,
  type StepMetrics,
} from '#contract/schemas.ts';
import { StepHistory } from '#core/training/history.ts';
import { readHistory } from '../runs/read-history.ts';
import { RunFolder } from '../runs/run-folder.ts';

const MOST_EPOCHS = 10_000;
/** Milliseconds between two looks whether a run's folder is still in use, and how long at most. */
const LOOK_EVERY = 100;
const LONGEST_WAIT = 2000;

/** What main remembers of a run, so that a page opened later, or again, sees all of it. */
export class RunRecord {
  /** Text of the design that is trained. */
  readonly design: string;
  readonly folder: string;
  /** The checkpoint saved last. */
  saved: { readonly path: string; readonly step: number } | undefined;
  plan: RunPlan | undefined;
  #startedAt = Date.now();
  readonly #history = new StepHistory();
  readonly #epochs: EpochMetrics[] = [];
  #status: RunStatus = 'preparing';
  #message = '';
  #ranFor = 0;
  #runningSince: number | undefined;
  #diverged = false;

  constructor(design: string, folder: string) {
    this.design = design;
    this.folder = folder;
  }

  /** What a run's folder tells of it; undefined where there is none, or another process is at work there. */
  static async read(path: string): Promise<RunRecord | undefined> {
    const folder = new RunFolder(path);
    const opened = await folder.open().catch(() => undefined);
    if (opened === undefined) return undefined;
    // The training process of a program that was killed takes a moment to notice.
    for (let waited = 0; await folder.inUse(); waited += LOOK_EVERY) {
      if (waited >= LONGEST_WAIT) return undefined;
      await setTimeout(LOOK_EVERY);
    }
    const record = new RunRecord(opened.design, path);
    record.#startedAt = Date.parse(opened.info.startedAt);
    record.setStatus('stopped', 'The program ended during this run.');
    for (const metric of (await readHistory(folder)).metrics()) {
      if (metric.event === 'plan') record.plan = metric;
      if (metric.event === 'epoch') record.addEpoch(metric);
      if (metric.event === 'step') {
        const [losses, accuracies] = [Float32Array.of(metric.loss), Float32Array.of(metric.accuracy)];
        const { step, every = 1 } = metric;
        record.addSteps({ first: step - every + 1, every, losses, accuracies });
      }
      if (metric.event === 'end') {
        record.setStatus(
          metric.status === 'diverged' ? 'failed' : metric.status,
          metric.message,
          metric.status === 'diverged',
        );
      }
    }
    const step = await folder.savedStep();
    if (step !== undefined) record.saved = { path: folder.checkpoint, step };
    return record;
  }

  /** Whether it can go on from a checkpoint. */
  get canContinue(): boolean {
    const ended = this.#status === 'stopped' || this.#status === 'failed';
    return ended && !this.#diverged && this.saved !== undefined;
  }

  get status(): RunStatus {
    return this.#status;
  }

  /** Whether something is still being done. */
  get active(): boolean {
    return isUnderWay(this.#status);
  }

  /** Milliseconds spent training. */
  get ranFor(): number {
    return this.#ranFor + (this.#runningSince === undefined ? 0 : Date.now() - this.#runningSince);
  }

  setStatus(status: RunStatus, message: string, diverged = false): void {
    this.#diverged = diverged;
    this.#ranFor = this.ranFor;
    this.#runningSince = isTraining(status) ? Date.now() : undefined;
    this.#status = status;
    this.#message = message;
  }

  addSteps(metrics: StepMetrics): void {
    this.#history.append(metrics);
  }

  addEpoch(metrics: EpochMetrics): void {
    // A run that goes on from a checkpoint computes some epochs a second time, with the same results.
    if (metrics.epoch <= (this.#epochs.at(-1)?.epoch ?? 0)) return;
    if (this.#epochs.length < MOST_EPOCHS) this.#epochs.push(metrics);
  }

  snapshot(): RunSnapshot {
    return {
      status: this.#status,
      message: this.#message,
      plan: this.plan,
      design: this.design,
      step: this.#history.count,
      startedAt: this.#startedAt,
      ranFor: this.ranFor,
      steps: this.#history.series(),
      epochs: [...this.#epochs],
      canContinue: this.canContinue,
    };
  }
}
