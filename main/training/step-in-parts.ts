import type { Network } from '#core/network/network.ts';
import type { NetworkReport } from '#core/network/propagate.ts';
import { elementCount } from '#core/onnx/tensor.ts';
import {
  compilePart,
  compileUpdate,
  PART_SHARE,
  type PartProgram,
  type Sum,
  type UpdateProgram,
} from '#core/training/parts.ts';
import { STEP } from '#core/training/program.ts';
import type { CompiledSettings } from '#core/training/settings.ts';
import { type Batch, batchSizes, partOf } from '../datasets/batches.ts';
import type { Backend, Session } from './backends/define.ts';
import { Tensor } from './onnx-runtime.ts';
import type { Feeds, States } from './states.ts';
import { giveBack, scalarOf, scalarTensor } from './tensors.ts';

/** What the trainer does for a step in parts. */
export interface PartsHost {
  /** @param at where in the batch the part begins */
  partFeeds(program: PartProgram, part: Batch, at: number): Feeds;
  updateFeeds(program: UpdateProgram): Feeds;
}

export interface StepInPartsResult {
  readonly loss: number;
  readonly correct: number;
  /** Weights, what the optimizer keeps, and running statistics after the step, by the state's name. */
  readonly next: ReadonlyMap<string, Tensor>;
  readonly finite: boolean;
  /** The part in which the numbers ceased to be finite. */
  readonly culprit: Batch | undefined;
}

/**
 * Steps whose batch does not fit into the memory at once: the gradients of its parts are added up, each by its share, and
 * the weights are updated once. The result is that of the whole batch; only BATCH NORM sees each part by itself.
 */
export class StepInParts {
  readonly #network: Network;
  readonly #report: NetworkReport;
  readonly #backend: Backend;
  readonly #settings: CompiledSettings;
  readonly #states: States;
  readonly #parts = new Map<number, { readonly program: PartProgram; readonly session: Session }>();
  #update: { readonly program: UpdateProgram; readonly session: Session } | undefined;

  constructor(network: Network, report: NetworkReport, backend: Backend, settings: CompiledSettings, states: States) {
    this.#states = states;
    this.#network = network;
    this.#report = report;
    this.#backend = backend;
    this.#settings = settings;
  }

  /** @param most pictures that fit at once */
  async run(batch: Batch, most: number, host: PartsHost): Promise<StepInPartsResult> {
    const sizes = batchSizes(batch.size, most);
    const { sums: summed } = (await this.#part(sizes[0] as number)).program;
    const sums = zeros(summed);
    const next = new Map<string, Tensor>();
    let [loss, correct, at] = [0, 0, 0];
    try {
      for (const size of sizes) {
        const { program, session } = await this.#part(size);
        const part = partOf(batch, at, size);
        const share = size / batch.size;
        const given = {
          ...host.partFeeds(program, part, at),
          ...Object.fromEntries([...sums, ...next]),
          [PART_SHARE]: scalarTensor(share),
        };
        const results = await session.run(this.#states.complete(given, session));
        loss += share * scalarOf(results[STEP.loss]);
        correct += scalarOf(results[STEP.correct]);
        at += size;
        for (const [kept, states] of [[sums, program.sums] as const, [next, program.buffers] as const]) {
          for (const { name, next: output } of states) {
            giveBack(kept.get(name));
            kept.set(name, results[output] as Tensor);
          }
        }
        if (!Number.isFinite(loss + scalarOf(results[STEP.finite]))) {
          return { loss, correct, next, finite: false, culprit: part };
        }
      }
      const { program, session } = await this.#updating(summed);
      const given = { ...host.updateFeeds(program), ...Object.fromEntries(sums) };
      const results = await session.run(this.#states.complete(given, session));
      for (const { name, next: output } of program.states) next.set(name, results[output] as Tensor);
      const finite = Number.isFinite(scalarOf(results[STEP.finite]));
      return { loss, correct, next, finite, culprit: finite ? undefined : partOf(batch, 0, sizes[0] as number) };
    } finally {
      for (const sum of sums.values()) giveBack(sum);
    }
  }

  async release(): Promise<void> {
    const sessions = [...this.#parts.values(), ...(this.#update === undefined ? [] : [this.#update])];
    this.#parts.clear();
    this.#update = undefined;
    await Promise.all(sessions.map(({ session }) => session.release()));
  }

  async #part(size: number) {
    const known = this.#parts.get(size);
    if (known !== undefined) return known;
    const program = compilePart(this.#network, this.#report, size, await this.#backend.target(), this.#settings);
    const keep = [...program.sums, ...program.buffers].map(({ next }) => next);
    const made = { program, session: await this.#backend.createSession(program.graph, { keep }) };
    this.#parts.set(size, made);
    return made;
  }

  async #updating(sums: readonly Sum[]) {
    if (this.#update !== undefined) return this.#update;
    const program = compileUpdate(this.#report, sums, await this.#backend.target(), this.#settings);
    const keep = program.states.map(({ next }) => next);
    this.#update = { program, session: await this.#backend.createSession(program.graph, { keep }) };
    return this.#update;
  }
}

function zeros(sums: readonly Sum[]): Map<string, Tensor> {
  return new Map(
    sums.map(({ name, dims }) => [name, new Tensor('float32', new Float32Array(elementCount(dims)), dims)]),
  );
}
