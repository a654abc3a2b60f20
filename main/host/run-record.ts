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

const MOST_EPOCHS = 10_000;

/** What main remembers of a run, so that a page opened later, or again, sees all of it. */
export class RunRecord {
  /** Text of the design that is trained. */
  readonly design: string;
  readonly data: string;
  /** The weights saved last. */
  saved: { readonly path: string; readonly step: number } | undefined;
  plan: RunPlan | undefined;
  readonly #startedAt = Date.now();
  readonly #history = new StepHistory();
  readonly #epochs: EpochMetrics[] = [];
  #status: RunStatus = 'preparing';
  #message = '';
  #ranFor = 0;
  #runningSince: number | undefined;

  constructor(design: string, data: string) {
    this.design = design;
    this.data = data;
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

  setStatus(status: RunStatus, message: string): void {
    this.#ranFor = this.ranFor;
    this.#runningSince = isTraining(status) ? Date.now() : undefined;
    this.#status = status;
    this.#message = message;
  }

  addSteps(metrics: StepMetrics): void {
    this.#history.append(metrics);
  }

  addEpoch(metrics: EpochMetrics): void {
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
    };
  }
}
