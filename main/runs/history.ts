import { z } from 'zod';
import { type EpochMetrics, epochMetrics, type RunPlan, runPlan } from '#contract/schemas.ts';
import type { Tensor } from '#core/onnx/tensor.ts';
import { MAX_VALUES, StepHistory } from '#core/training/history.ts';
import { parseJson } from '../files/json-file.ts';
import type { TensorFile } from '../files/safetensors.ts';
import { MAX_STEP, type Metric } from './metrics.ts';

/** Epochs kept at most; beyond that every second one goes. */
const MAX_EPOCHS = 10_000;
/** Steps that may be missing in a file of metrics, all gaps together; a file that says more is damaged. */
const MAX_MISSING = 10_000_000;

type Ending = Extract<Metric, { event: 'end' }>;

/** What is shown of a run: its steps and epochs, thinned out as it grows long, so that it takes bounded memory. */
export class RunHistory {
  #plan: RunPlan | undefined;
  #steps = new StepHistory();
  #epochs: EpochMetrics[] = [];
  #end: Ending | undefined;
  #missing = 0;

  /** Steps done. */
  get step(): number {
    return this.#steps.count;
  }

  /** Adds a line of a run's metrics. Steps and epochs that it has already change nothing. */
  add(metric: Metric): void {
    switch (metric.event) {
      case 'plan': {
        const { event, ...plan } = metric;
        this.#plan = plan;
        this.#end = undefined;
        return;
      }
      case 'step':
        this.#addStep(metric);
        return;
      case 'epoch':
        this.#addEpoch(metric);
        return;
      case 'resume':
        this.#end = undefined;
        return;
      case 'end':
        this.#end = metric;
        return;
      default:
        metric satisfies never;
    }
  }

  /** The same as metrics again: one for each value that is kept, each step after the epochs before it. */
  *metrics(): Generator<Metric> {
    if (this.#plan !== undefined) yield { event: 'plan', ...this.#plan };
    const { every, count, losses, accuracies } = this.#steps.state();
    let [shown, next] = [0, 0];
    for (let i = 0; i < losses.length; i++) {
      const step = Math.min((i + 1) * every, count);
      for (; (this.#epochs[next]?.step ?? Number.POSITIVE_INFINITY) < step; next++) yield this.#epochAt(next);
      const of = step - shown;
      shown = step;
      const values = { loss: losses[i] as number, accuracy: accuracies[i] as number };
      yield { event: 'step', step, ...values, ...(of > 1 && { every: of }) };
    }
    for (; next < this.#epochs.length; next++) yield this.#epochAt(next);
    if (this.#end !== undefined) yield this.#end;
  }

  #epochAt(index: number): Metric {
    return { event: 'epoch', ...(this.#epochs[index] as EpochMetrics) };
  }

  /** As a file, which covers the first `bytes` bytes of the run's metrics. */
  toFile(bytes: number): TensorFile {
    const { every, count, losses, accuracies } = this.#steps.state();
    const vector = (data: Float32Array) => ({ dtype: 'float32', dims: [data.length], data }) as const;
    const saved: SavedHistory = { bytes, every, count, epochs: this.#epochs, ...(this.#plan && { plan: this.#plan }) };
    return {
      tensors: new Map([
        ['losses', vector(losses)],
        ['accuracies', vector(accuracies)],
      ]),
      metadata: { history: JSON.stringify(saved) },
    };
  }

  /** What `toFile` wrote. Throws where it is something else. */
  static fromFile({ tensors, metadata }: TensorFile): { readonly history: RunHistory; readonly bytes: number } {
    const { bytes, every, count, epochs, plan } = savedHistory.parse(parseJson(metadata['history'] ?? ''));
    const [losses, accuracies] = [vectorOf(tensors, 'losses'), vectorOf(tensors, 'accuracies')];
    const values = Math.ceil(count / every);
    if (values > MAX_VALUES) throw new Error('It has more values than are kept.');
    if (losses.length !== values || accuracies.length !== values)
      throw new Error('It has not as many steps as it says.');
    const history = new RunHistory();
    history.#plan = plan;
    history.#steps = StepHistory.from({ every, count, losses, accuracies });
    history.#epochs = epochs;
    return { history, bytes };
  }

  #addStep({ step, loss, accuracy, every = 1 }: Extract<Metric, { event: 'step' }>): void {
    const known = this.#steps.count;
    // Steps that nobody kept are drawn as the next one that is known.
    const missing = Math.max(0, step - every - known);
    if (step <= known || every > MAX_MISSING || this.#missing + missing > MAX_MISSING) return;
    this.#missing += missing;
    const values = { losses: Float32Array.of(loss), accuracies: Float32Array.of(accuracy) };
    this.#steps.append({ first: known + 1, every: step - known, ...values });
  }

  #addEpoch({ event, ...metrics }: Extract<Metric, { event: 'epoch' }>): void {
    if (metrics.epoch <= (this.#epochs.at(-1)?.epoch ?? 0)) return;
    this.#epochs.push(metrics);
    if (this.#epochs.length > MAX_EPOCHS) this.#epochs = this.#epochs.filter((_, i) => i % 2 === 0);
  }
}

const savedHistory = z.object({
  bytes: z.int().nonnegative(),
  every: z.int().positive(),
  count: z.int().nonnegative().max(MAX_STEP),
  plan: runPlan.optional(),
  epochs: z.array(epochMetrics).max(MAX_EPOCHS),
});
type SavedHistory = z.infer<typeof savedHistory>;

function vectorOf(tensors: ReadonlyMap<string, Tensor & { readonly data: Float32Array }>, name: string): Float32Array {
  const found = tensors.get(name);
  if (found === undefined || found.dims.length !== 1) throw new Error(`It has no list "${name}".`);
  return found.data;
}
