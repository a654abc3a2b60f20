import { formatBytes } from '#core/format.ts';
import type { Network } from '#core/network/network.ts';
import type { NetworkReport } from '#core/network/propagate.ts';
import type { Graph } from '#core/onnx/graph.ts';
import { withEveryValue } from '#core/onnx/replay.ts';
import { elementCount } from '#core/onnx/tensor.ts';
import { type NamedTensor, namedTensors } from '#core/training/emit.ts';
import { learnedTensors } from '#core/training/learned.ts';
import type { OptimizerSettings } from '#core/training/optimizers/define.ts';
import { optimizer } from '#core/training/optimizers/index.ts';
import { L1, STEP, slotName, type TrainingProgram, WATCHED } from '#core/training/program.ts';
import { type CompiledSettings, DEFAULT_TRAINING, type TrainingSettings } from '#core/training/settings.ts';
import { type Batch, partOf } from '../datasets/batches.ts';
import type { ImageSet } from '../datasets/image-set.ts';
import type { Backend } from './backends/define.ts';
import { checkBatchNorm } from './batch-norm.ts';
import { collectGarbage } from './collect-garbage.ts';
import type { Trace } from './find-operator.ts';
import { findCulprit, NotFiniteError } from './not-finite.ts';
import { Tensor } from './onnx-runtime.ts';
import { BrokenOffError, isOutOfMemory, OutOfMemoryError } from './out-of-memory.ts';
import { drawInput } from './random-tensors.ts';
import { Sessions } from './sessions.ts';
import { type Feeds, LARGE, type NamedValues, States } from './states.ts';
import { StepInParts } from './step-in-parts.ts';
import { StoredSet } from './stored-set.ts';
import { giveBack, scalarOf, scalarTensor } from './tensors.ts';

export interface StepResult {
  /** Mean loss of the batch. */
  readonly loss: number;
  /** Pictures whose class was guessed. */
  readonly correct: number;
}

/** What one step is told; the learning rate is that of the step. */
export type Hyperparameters = OptimizerSettings & Pick<TrainingSettings, 'seed' | 'l1Decay'>;

/**
 * Trains one network on one device. Weights and velocities stay on it from step to step. A batch size that comes for
 * the first time is compiled then; `dispose` gives everything back.
 */
export class Trainer {
  readonly #report: NetworkReport;
  readonly #backend: Backend;
  readonly #settings: CompiledSettings;
  readonly #tensors: readonly NamedTensor[];
  readonly #states: States;
  readonly #sessions: Sessions;
  /** Whether what a step replaces is worth giving back at once, and what the optimizer keeps is written over. */
  readonly #isLarge: boolean;
  /** What the optimizer keeps, and whether that is all zeros, as before the first step. */
  readonly #slots: readonly string[];
  #atRest: boolean;
  /** Batch sizes of which a step has been done at once. */
  readonly #done = new Set<number>();
  readonly #parts: StepInParts;
  #stored: StoredSet | undefined;
  /** Pictures of which a step's values fit into the memory at once, as far as it has been tried. */
  #mostAtOnce = Number.POSITIVE_INFINITY;
  #last: Promise<unknown> = Promise.resolve();

  /** @param values the network's tensors, and what the optimizer keeps for them where a run goes on; copied */
  constructor(
    network: Network,
    report: NetworkReport,
    values: NamedValues,
    device: Backend,
    compiled: CompiledSettings = DEFAULT_TRAINING,
  ) {
    this.#settings = compiled;
    this.#report = report;
    this.#backend = device;
    this.#tensors = namedTensors(report);
    this.#states = new States(device);
    this.#parts = new StepInParts(network, report, device, compiled, this.#states);
    this.#take(values);
    const slots = learnedTensors(report).flatMap(({ name, spec: { dims } }) =>
      optimizer(compiled.optimizer).slots.map((kept) => ({ name: slotName(name, kept), dims })),
    );
    for (const { name, dims } of slots) {
      this.#states.set(name, dims, values.get(name)?.data.slice() ?? new Float32Array(elementCount(dims)));
    }
    this.#slots = slots.map(({ name }) => name);
    this.#atRest = !this.#slots.some((name) => values.has(name));
    this.#isLarge = device.inMemory && this.#states.bytes >= LARGE;
    this.#sessions = new Sessions(network, report, device, compiled, this.#isLarge);
  }

  /**
   * Puts a data set on the device, where that keeps what it is given: steps and evaluations on its pictures as they are
   * then name them, in place of their pixels. Batches of anything else are fed as before.
   *
   * @returns what came of it, in words; '' where the device is this process's own memory
   */
  store(set: ImageSet): Promise<string> {
    return this.#inTurn(async () => {
      if (this.#backend.inMemory) return '';
      try {
        this.#stored = await StoredSet.put(set, this.#backend);
      } catch (error) {
        const why = error instanceof Error ? error.message.split('\n')[0] : String(error);
        return `the data set is fed batch by batch: ${why}`;
      }
      if (this.#stored === undefined)
        return 'the data set is fed batch by batch: it is too large to stay on the device';
      return `the data set stays on it (${formatBytes(this.#stored.bytes)})`;
    });
  }

  /** Compiles for a batch size ahead of its first step. */
  async prepare(batchSize: number): Promise<void> {
    await this.#sessions.step(batchSize, this.#stored).catch((error: unknown) => {
      if (!isOutOfMemory(error)) throw error; // the first step tries with fewer pictures at once
    });
  }

  /** Pictures that a step works on at once where its batch did not fit into the memory. */
  get mostAtOnce(): number | undefined {
    return Number.isFinite(this.#mostAtOnce) ? this.#mostAtOnce : undefined;
  }

  /**
   * One step of gradient descent.
   *
   * @param step counts from 0 over the whole run; random numbers depend on it and on the seed
   * @throws BatchNormError where a BATCH NORM has a single value for each channel; nothing has changed then
   * @throws NotFiniteError where the loss or a weight is no finite number any more; everything is then as before the
   * step, but for what the optimizer keeps of a large network: that is at rest
   */
  step(batch: Batch, settings: Hyperparameters, step: number): Promise<StepResult> {
    return this.#inTurn(() => this.#step(batch, settings, step));
  }

  /** A step at once; in parts where there is not enough memory for that, each half as large until it fits. */
  async #step(batch: Batch, settings: Hyperparameters, step: number): Promise<StepResult> {
    for (;;) {
      const atOnce = Math.min(batch.size, this.#mostAtOnce);
      checkBatchNorm(this.#report, batch.size, atOnce);
      try {
        return await (atOnce === batch.size
          ? this.#wholeStep(batch, settings, step)
          : this.#stepInParts(batch, settings, step));
      } catch (error) {
        if (!isOutOfMemory(error)) throw error;
        await this.#makeRoom(error, batch.size, atOnce);
      }
    }
  }

  /** After memory ran out: without the data set on the device, or else in parts half as large. */
  async #makeRoom(error: unknown, batchSize: number, atOnce: number): Promise<void> {
    if (this.#stored !== undefined) {
      await this.#giveUpStored();
      return;
    }
    if (atOnce === 1) throw new OutOfMemoryError(this.#backend.name, error);
    if (atOnce === batchSize && this.#overwrites(batchSize)) {
      // Some of what the optimizer keeps is that of the step that broke off.
      if (!this.#atRest) throw new BrokenOffError(this.#backend.name, batchSize, error);
      this.#rest();
    }
    this.#mostAtOnce = Math.ceil(atOnce / 2);
    await this.#states.bringBack();
    await this.#releaseTraining();
  }

  async #stepInParts(batch: Batch, settings: Hyperparameters, step: number): Promise<StepResult> {
    const randoms = new Map<string, Float32Array>();
    const { loss, correct, next, finite, culprit } = await this.#parts.run(batch, this.#mostAtOnce, {
      partFeeds: (program, part, at) => {
        const feeds = this.#batchFeeds(part);
        // The numbers are those of the whole batch's, cut as its pictures are.
        for (const input of program.randoms) {
          const { name, type } = input;
          const each = elementCount(type.dims) / part.size;
          const all = randoms.get(name) ?? drawInput(input, each * batch.size, settings.seed, step);
          randoms.set(name, all);
          feeds[name] = new Tensor('float32', all.slice(at * each, (at + part.size) * each), type.dims);
        }
        return feeds;
      },
      updateFeeds: ({ rates }) => this.#rateFeeds(rates, settings, step),
    });
    if (!finite) {
      for (const written of next.values()) giveBack(written);
      throw new NotFiniteError(loss, culprit && (await this.#culprit(culprit, settings, step)));
    }
    for (const [name, written] of next) this.#states.replace(name, written);
    this.#atRest = false;
    return { loss, correct };
  }

  async #wholeStep(batch: Batch, settings: Hyperparameters, step: number): Promise<StepResult> {
    const stored = this.#storedFor(batch);
    const { program, session } = await this.#sessions.step(batch.size, stored);
    const feeds = this.#stepFeeds(program, batch, settings, step, stored);
    if (this.#isLarge) await collectGarbage(); // what the step before replaced
    const overwritten = this.#overwrites(batch.size) ? program.states.filter(({ role }) => role === 'slot') : [];
    const replaced = program.states.filter((state) => !overwritten.includes(state));
    const inputs = this.#states.complete(feeds, session);
    const results = await (overwritten.length === 0
      ? session.run(inputs)
      : session.run(inputs, this.#states.places(program.graph.outputs, overwritten)));
    const loss = scalarOf(results[STEP.loss]);
    if (!Number.isFinite(loss + scalarOf(results[STEP.finite]))) {
      // The weights that were there before the step still are.
      for (const { next } of replaced) giveBack(results[next] as Tensor);
      if (overwritten.length > 0) this.#rest();
      throw new NotFiniteError(loss, await this.#culprit(batch, settings, step));
    }
    for (const { name, next } of replaced) this.#states.replace(name, results[next] as Tensor);
    this.#atRest = false;
    this.#done.add(batch.size);
    return { loss, correct: scalarOf(results[STEP.correct]) };
  }

  /**
   * Whether a step writes what the optimizer keeps over what was there: that saves the memory for all of it, which counts
   * where the network is large. Should memory run out halfway, it is lost: so not before a step of this size has been done,
   * unless all of it is zero.
   */
  #overwrites(batchSize: number): boolean {
    return this.#isLarge && (this.#atRest || this.#done.has(batchSize));
  }

  #rest(): void {
    this.#states.clear(this.#slots);
    this.#atRest = true;
  }

  #stepFeeds(
    program: TrainingProgram,
    batch: Batch,
    settings: Hyperparameters,
    step: number,
    stored?: StoredSet,
  ): Record<string, Tensor> {
    const feeds = { ...this.#batchFeeds(batch, stored), ...this.#rateFeeds(program.rates, settings, step) };
    for (const input of program.randoms) {
      const { dims } = input.type;
      feeds[input.name] = new Tensor('float32', drawInput(input, elementCount(dims), settings.seed, step), dims);
    }
    return feeds;
  }

  /** The optimizer's numbers for a step, for each set of multipliers. */
  #rateFeeds(rates: TrainingProgram['rates'], settings: Hyperparameters, step: number): Record<string, Tensor> {
    const feeds: Record<string, Tensor> = {};
    const { scalars: numbers } = optimizer(this.#settings.optimizer);
    for (const { rates: multipliers, scalars } of rates) {
      const learningRate = settings.learningRate * multipliers.learningRate;
      const weightDecay = settings.weightDecay * multipliers.decay;
      const values: Readonly<Record<string, number>> = {
        ...numbers({ ...settings, learningRate, weightDecay }, step + 1),
        [L1]: settings.l1Decay * multipliers.decay,
      };
      for (const [name, input] of Object.entries(scalars)) feeds[input] = scalarTensor(values[name] as number);
    }
    return feeds;
  }

  /** Every number of one step, and the nodes that computed them; nothing of the step is kept. */
  trace(batch: Batch, settings: Hyperparameters, step: number): Promise<Trace> {
    return this.#inTurn(async () => {
      const program = await this.#sessions.stepProgram(batch.size);
      const graph = withEveryValue(program.graph, await this.#backend.target());
      const results = await this.#runOnce(graph, this.#stepFeeds(program, batch, settings, step));
      const values = Object.entries(results).map(([name, { data }]) => [name, { data: data as Float32Array }] as const);
      return { nodes: graph.nodes, values: new Map(values) };
    });
  }

  /** Does the step once more with all of its values in sight: where is the first that is no finite number? */
  async #culprit(batch: Batch, settings: Hyperparameters, step: number): Promise<string | undefined> {
    const program = await this.#sessions.stepProgram(batch.size, true);
    const results = await this.#runOnce(program.graph, this.#stepFeeds(program, batch, settings, step));
    return findCulprit(this.#report, program.states, results);
  }

  /**
   * Loss and hits of a batch with the network as it is used: running statistics, nothing dropped.
   *
   * @throws NotFiniteError where the loss is no finite number
   */
  evaluate(batch: Batch): Promise<StepResult> {
    return this.#inTurn(() => this.#evaluate(batch));
  }

  async #evaluate(batch: Batch): Promise<StepResult> {
    try {
      const stored = this.#storedFor(batch);
      const session = await this.#sessions.inference(batch.size, [], stored);
      const results = await session.run(this.#states.complete(this.#batchFeeds(batch, stored), session), [
        STEP.loss,
        STEP.correct,
      ]);
      const loss = scalarOf(results[STEP.loss]);
      if (!Number.isFinite(loss)) throw new NotFiniteError(loss, await this.#culpritOfEvaluation(batch));
      return { loss, correct: scalarOf(results[STEP.correct]) };
    } catch (error) {
      if (!isOutOfMemory(error)) throw error;
      if (this.#stored !== undefined) {
        await this.#giveUpStored();
        return this.#evaluate(batch);
      }
      if (batch.size === 1) throw new OutOfMemoryError(this.#backend.name, error);
      const half = Math.ceil(batch.size / 2);
      const front = await this.#evaluate(partOf(batch, 0, half));
      const back = await this.#evaluate(partOf(batch, half, batch.size - half));
      const loss = (front.loss * half + back.loss * (batch.size - half)) / batch.size;
      return { loss, correct: front.correct + back.correct };
    }
  }

  async #culpritOfEvaluation(batch: Batch): Promise<string | undefined> {
    const graph = this.#sessions.inferenceGraph(batch.size, this.#report.order);
    return findCulprit(this.#report, [], await this.#runOnce(graph, this.#batchFeeds(batch)));
  }

  async #runOnce(graph: Graph, feeds: Feeds) {
    const session = await this.#backend.createSession(graph);
    try {
      return await session.run(this.#states.complete(feeds, session));
    } finally {
      await session.release();
    }
  }

  /** The network's output for a batch, and the outputs of some layers by id. */
  async activations(batch: Batch, layers: readonly string[]) {
    const results = await this.#inTurn(async () => {
      const session = await this.#sessions.inference(batch.size, layers);
      return session.run(this.#states.complete(this.#batchFeeds(batch), session));
    });
    const read = (name: string) => {
      const tensor = results[name] as Tensor;
      return { dims: tensor.dims.slice(1), data: tensor.data as Float32Array };
    };
    return {
      output: read('output').data,
      maps: new Map(layers.map((id) => [id, read(WATCHED.activation(id))] as const)),
    };
  }

  /** Copies of all tensors of the network as they are now. */
  values(): Promise<NamedValues> {
    return this.read(this.#tensors.map(({ name }) => name));
  }

  /** Copies of all that a run needs to go on: the network's tensors and what the optimizer keeps for them. */
  state(): Promise<NamedValues> {
    return this.read(this.#states.names);
  }

  /** Takes these values for the network's tensors from now on. */
  replace(values: NamedValues): Promise<void> {
    return this.#inTurn(async () => this.#take(values));
  }

  /** Copies of the gradients that the first step of SGD saw: with momentum from rest, the velocity is the gradient. */
  async firstGradients(): Promise<ReadonlyMap<string, Float32Array>> {
    const learned = learnedTensors(this.#report).map(({ name }) => name);
    const velocityOf = (name: string) => slotName(name, 'velocity');
    const velocities = await this.read(learned.map(velocityOf));
    return new Map(learned.map((name) => [name, velocities.get(velocityOf(name))?.data as Float32Array]));
  }

  /** Copies of some tensors. */
  read(names: readonly string[]): Promise<NamedValues> {
    return this.#inTurn(() => this.#states.read(names));
  }

  async dispose(): Promise<void> {
    await this.#last;
    await this.#states.dispose();
    await this.#releaseAll();
  }

  async #releaseAll(): Promise<void> {
    await this.#sessions.release();
    await this.#parts.release();
    await this.#stored?.dispose();
    this.#stored = undefined;
  }

  #take(values: NamedValues): void {
    for (const { name, spec } of this.#tensors) {
      const value = values.get(name);
      if (value === undefined) throw new Error(`No values for ${name}`);
      this.#states.set(name, spec.dims, value.data);
    }
  }

  /** The data set in hand, where a batch is of its pictures as they are. */
  #storedFor(batch: Batch): StoredSet | undefined {
    return this.#stored?.holds(batch) ? this.#stored : undefined;
  }

  /** Makes room on the device: the data set goes before batches are parted. */
  async #giveUpStored(): Promise<void> {
    await this.#states.bringBack();
    await this.#releaseAll();
  }

  async #releaseTraining(): Promise<void> {
    await this.#sessions.releaseSteps();
    await this.#parts.release();
  }

  /** One thing at a time: a step must not replace what somebody is reading. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined);
    return done;
  }

  #batchFeeds(batch: Batch, stored?: StoredSet): Record<string, Tensor> {
    const { pixels, target, size } = batch;
    const shape = this.#report.layers.get(this.#report.input ?? '')?.shape ?? [];
    return {
      ...(stored?.feeds(batch) ?? { [STEP.pixels]: new Tensor('uint8', pixels, [size, ...shape]) }),
      [STEP.target]: new Tensor('float32', target, [size, target.length / size]),
    };
  }
}
