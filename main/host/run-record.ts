import { setTimeout } from 'node:timers/promises';
import type { RunEntry, RunSnapshot } from '#contract/app/index.ts';
import {
  type EpochMetrics,
  isTraining,
  isUnderWay,
  type RunId,
  type RunPlan,
  type RunStatus,
  type StepMetrics,
} from '#contract/schemas.ts';
import type { DesignId } from '#core/project/design.ts';
import { parseDesign } from '#core/project/design-file.ts';
import { StepHistory } from '#core/training/history.ts';
import { folderBytes } from '../files/folder-bytes.ts';
import { readHistory } from '../runs/read-history.ts';
import { RunFolder } from '../runs/run-folder.ts';

const MAX_EPOCHS = 10_000;
/** Milliseconds between two looks whether a run's folder is still in use, and how long at most. */
const LOOK_EVERY = 100;
const LONGEST_WAIT = 2000;

/** What a run trains, and where it keeps it. */
export interface RunParts {
  readonly id: RunId;
  readonly folder: string;
  /** Text of the design that is trained. */
  readonly text: string;
  readonly design: { readonly id?: DesignId | undefined; readonly name: string };
  /** Names of the data set and of the device, as they are known before the run's plan is. */
  readonly data: string;
  readonly device: string;
  readonly startedAt: number;
}

/** What main remembers of a run, so that a page opened later, or again, sees all of it. */
export class RunRecord {
  readonly parts: RunParts;
  /** The checkpoint saved last. */
  #saved: { readonly path: string; readonly step: number } | undefined;
  #plan: RunPlan | undefined;
  readonly #history = new StepHistory();
  readonly #epochs: EpochMetrics[] = [];
  #status: RunStatus = 'preparing';
  #message = '';
  #ranFor = 0;
  #runningSince: number | undefined;
  #diverged = false;
  #bytes = 0;

  constructor(parts: RunParts) {
    this.parts = parts;
  }

  /** What a run's folder says of it; undefined where it holds no run, or another process is at work there. */
  static async read(id: RunId, path: string): Promise<RunRecord | undefined> {
    const folder = new RunFolder(path);
    const opened = await folder.open().catch(() => undefined);
    if (opened === undefined) return undefined;
    const { info, design: text } = opened;
    // The training process of a program that was killed takes a moment to notice.
    for (let waited = 0; await folder.inUse(); waited += LOOK_EVERY) {
      if (waited >= LONGEST_WAIT) return undefined;
      await setTimeout(LOOK_EVERY);
    }
    const record = new RunRecord({
      id,
      folder: path,
      text,
      design: info.design ?? designOf(text),
      data: info.fingerprint.data.name,
      device: info.fingerprint.device,
      startedAt: Date.parse(info.startedAt),
    });
    record.setStatus('stopped', 'The program ended during this run.');
    for (const metric of (await readHistory(folder)).metrics()) {
      if (metric.event === 'plan') record.setPlan(metric);
      if (metric.event === 'epoch') record.addEpoch(metric);
      if (metric.event === 'step') {
        const [losses, accuracies] = [Float32Array.of(metric.loss), Float32Array.of(metric.accuracy)];
        const { step, every = 1 } = metric;
        record.addSteps({ first: step - every + 1, every, losses, accuracies });
      }
      if (metric.event === 'end') {
        const diverged = metric.status === 'diverged';
        record.setStatus(metric.status === 'diverged' ? 'failed' : metric.status, metric.message, diverged);
      }
    }
    const step = await folder.savedStep();
    if (step !== undefined) record.setSaved({ path: folder.checkpoint, step });
    await record.measure();
    return record;
  }

  get id(): RunId {
    return this.parts.id;
  }

  get status(): RunStatus {
    return this.#status;
  }

  /** Steps done. */
  get step(): number {
    return this.#history.count;
  }

  get saved(): { readonly path: string; readonly step: number } | undefined {
    return this.#saved;
  }

  /** Whether something is still being done, or waits to be done. */
  get isUnderWay(): boolean {
    return isUnderWay(this.#status);
  }

  /** Whether it can go on from a checkpoint. */
  get canResume(): boolean {
    const ended = this.#status === 'stopped' || this.#status === 'failed';
    return ended && !this.#diverged && this.#saved !== undefined;
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

  setPlan(plan: RunPlan): void {
    this.#plan = plan;
  }

  setSaved(saved: { readonly path: string; readonly step: number }): void {
    this.#saved = saved;
  }

  addSteps(metrics: StepMetrics): void {
    this.#history.append(metrics);
  }

  addEpoch(metrics: EpochMetrics): void {
    // A run that goes on from a checkpoint computes some epochs a second time, with the same results.
    if (metrics.epoch <= (this.#epochs.at(-1)?.epoch ?? 0)) return;
    if (this.#epochs.length < MAX_EPOCHS) this.#epochs.push(metrics);
  }

  /** Looks how large its folder is. */
  async measure(): Promise<void> {
    this.#bytes = await folderBytes(this.parts.folder);
  }

  entry(): RunEntry {
    const { id, design, startedAt, data, device } = this.parts;
    const last = this.#epochs.at(-1);
    return {
      id,
      design: { ...(design.id !== undefined && { id: design.id }), name: design.name },
      status: this.#status,
      message: this.#message,
      startedAt,
      step: this.step,
      ...(this.#plan && { plannedSteps: this.#plan.steps }),
      ...(last && { validationAccuracy: last.valAccuracy }),
      data: this.#plan?.data ?? data,
      device: this.#plan?.device ?? device,
      bytes: this.#bytes,
      canResume: this.canResume,
      hasWeights: this.#saved !== undefined,
    };
  }

  snapshot(): RunSnapshot {
    return {
      entry: this.entry(),
      ...(this.#plan && { plan: this.#plan }),
      ranFor: this.ranFor,
      steps: this.#history.state(),
      epochs: [...this.#epochs],
    };
  }
}

/** Of a run that was started before runs said which design they train. */
function designOf(text: string): RunParts['design'] {
  try {
    const { id, name } = parseDesign(text);
    return { ...(id !== undefined && { id }), name };
  } catch {
    return { name: 'A design' };
  }
}
