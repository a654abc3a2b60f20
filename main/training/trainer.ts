import { type InferenceSession, Tensor } from 'onnxruntime-node';
import type { Network } from '#core/network/network.ts';
import type { NetworkReport } from '#core/network/propagate.ts';
import { GraphBuilder } from '#core/onnx/builder.ts';
import { type Tensor as CoreTensor, elementCount } from '#core/onnx/tensor.ts';
import { randomStream } from '#core/random.ts';
import { type NamedTensor, namedTensors } from '#core/training/emit.ts';
import type { OptimizerSettings } from '#core/training/optimizers/define.ts';
import { optimizer } from '#core/training/optimizers/index.ts';
import {
  compileInference,
  compileTraining,
  STEP,
  scalarName,
  slotName,
  type TrainingProgram,
} from '#core/training/program.ts';
import { type CompiledSettings, DEFAULT_TRAINING, type TrainingSettings } from '#core/training/settings.ts';
import type { Batch } from '../datasets/batches.ts';
import type { Backend, StateTensor } from './backend.ts';

export interface StepResult {
  /** Mean loss of the batch. */
  readonly loss: number;
  /** Pictures whose class was guessed. */
  readonly correct: number;
}

/** A network's tensors by full name. */
export type NamedValues = ReadonlyMap<string, CoreTensor & { readonly data: Float32Array }>;

/** What one step is told; the learning rate is that of the step. */
export type Hyperparameters = OptimizerSettings & Pick<TrainingSettings, 'seed'>;

interface Compiled {
  readonly program: TrainingProgram;
  readonly session: InferenceSession;
}

/**
 * Trains one network on one device. Weights and velocities stay on it from step to step. A batch size that comes for
 * the first time is compiled then; `dispose` gives everything back.
 */
export class Trainer {
  readonly #network: Network;
  readonly #report: NetworkReport;
  readonly #backend: Backend;
  readonly #settings: CompiledSettings;
  readonly #tensors: readonly NamedTensor[];
  readonly #states = new Map<string, StateTensor>();
  readonly #training = new Map<number, Promise<Compiled>>();
  readonly #inference = new Map<string, Promise<InferenceSession>>();
  #readBack: Promise<InferenceSession> | undefined;
  #last: Promise<unknown> = Promise.resolve();

  /** @param values the network's tensors; copied */
  constructor(
    network: Network,
    report: NetworkReport,
    values: NamedValues,
    device: Backend,
    compiled: CompiledSettings = DEFAULT_TRAINING,
  ) {
    this.#settings = compiled;
    this.#network = network;
    this.#report = report;
    this.#backend = device;
    this.#tensors = namedTensors(report);
    for (const { name, spec } of this.#tensors) {
      const value = values.get(name);
      if (value === undefined) throw new Error(`No values for ${name}`);
      this.#states.set(name, device.createState(spec.dims, value.data));
      if (spec.role !== 'buffer') {
        const zeros = new Float32Array(elementCount(spec.dims));
        for (const slot of optimizer(compiled.optimizer).slots) {
          this.#states.set(slotName(name, slot), device.createState(spec.dims, zeros));
        }
      }
    }
  }

  /** Compiles for a batch size ahead of its first step. */
  async prepare(batchSize: number): Promise<void> {
    await this.#compiled(batchSize);
  }

  /**
   * One step of stochastic gradient descent.
   *
   * @param step counts from 0 over the whole run; random masks depend on it and on the seed
   */
  step(batch: Batch, settings: Hyperparameters, step: number): Promise<StepResult> {
    return this.#inTurn(() => this.#step(batch, settings, step));
  }

  async #step(batch: Batch, settings: Hyperparameters, step: number): Promise<StepResult> {
    const { program, session } = await this.#compiled(batch.size);
    const feeds = this.#batchFeeds(batch);
    for (const [name, value] of Object.entries(optimizer(this.#settings.optimizer).scalars(settings, step + 1))) {
      feeds[scalarName(name)] = scalarTensor(value);
    }
    for (const { name, type, rate } of program.masks) {
      const mask = drawMask(elementCount(type.dims), rate, settings.seed, name, step);
      feeds[name] = new Tensor('float32', mask, type.dims);
    }
    const fetches: Record<string, Tensor | null> = { [STEP.loss]: null, [STEP.correct]: null };
    for (const { name, next } of program.states) fetches[next] = this.#state(name).target;
    const results = await session.run(this.#withStates(feeds, session), fetches);
    for (const { name, next } of program.states) this.#state(name).replace(results[next] as Tensor);
    return { loss: scalarOf(results[STEP.loss]), correct: scalarOf(results[STEP.correct]) };
  }

  /** Loss and hits of a batch with the network as it is used: running statistics, nothing dropped. */
  evaluate(batch: Batch): Promise<StepResult> {
    return this.#inTurn(async () => {
      const session = await this.#inferenceSession(batch.size, []);
      const results = await session.run(this.#withStates(this.#batchFeeds(batch), session), [STEP.loss, STEP.correct]);
      return { loss: scalarOf(results[STEP.loss]), correct: scalarOf(results[STEP.correct]) };
    });
  }

  /** The network's output for a batch, and the outputs of some layers by id. */
  async activations(batch: Batch, layers: readonly string[]) {
    const results = await this.#inTurn(async () => {
      const session = await this.#inferenceSession(batch.size, layers);
      return session.run(this.#withStates(this.#batchFeeds(batch), session));
    });
    const read = (name: string) => {
      const tensor = results[name] as Tensor;
      return { dims: tensor.dims.slice(1), data: tensor.data as Float32Array };
    };
    return { output: read('output').data, maps: new Map(layers.map((id) => [id, read(`activation/${id}`)] as const)) };
  }

  /** Copies of all tensors of the network as they are now. */
  values(): Promise<NamedValues> {
    return this.read(this.#tensors.map(({ name }) => name));
  }

  /** Copies of the gradients that the first step of SGD saw: with momentum from rest, the velocity is the gradient. */
  async firstGradients(): Promise<ReadonlyMap<string, Float32Array>> {
    const learned = this.#tensors.filter(({ spec }) => spec.role !== 'buffer').map(({ name }) => name);
    const velocityOf = (name: string) => slotName(name, 'velocity');
    const velocities = await this.read(learned.map(velocityOf));
    return new Map(learned.map((name) => [name, velocities.get(velocityOf(name))?.data as Float32Array]));
  }

  /** Copies of some tensors. */
  read(names: readonly string[]): Promise<NamedValues> {
    return this.#inTurn(() => this.#read(names));
  }

  async dispose(): Promise<void> {
    await this.#last;
    const sessions = [
      ...[...this.#training.values()].map(async (compiled) => (await compiled).session),
      ...this.#inference.values(),
      ...(this.#readBack === undefined ? [] : [this.#readBack]),
    ];
    this.#training.clear();
    this.#inference.clear();
    this.#readBack = undefined;
    for (const state of this.#states.values()) state.dispose();
    await Promise.all(sessions.map(async (session) => (await session).release()));
  }

  /** One thing at a time: a step must not replace what somebody is reading. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined);
    return done;
  }

  #compiled(batchSize: number): Promise<Compiled> {
    return remember(this.#training, batchSize, async () => {
      const program = compileTraining(this.#network, this.#report, batchSize, this.#backend.target, this.#settings);
      const keep = program.states.map((state) => state.next);
      return { program, session: await this.#backend.createSession(program.graph, { keep }) };
    });
  }

  #inferenceSession(batchSize: number, watch: readonly string[]): Promise<InferenceSession> {
    return remember(this.#inference, `${batchSize} ${watch.join(' ')}`, () =>
      this.#backend.createSession(compileInference(this.#network, this.#report, batchSize, watch).graph, {
        oneThread: batchSize === 1,
      }),
    );
  }

  #batchFeeds({ pixels, target, size }: Batch): Record<string, Tensor> {
    const shape = this.#report.layers.get(this.#report.input ?? '')?.shape ?? [];
    return {
      [STEP.pixels]: new Tensor('uint8', pixels, [size, ...shape]),
      [STEP.target]: new Tensor('float32', target, [size, target.length / size]),
    };
  }

  /** The inputs a session asks for: those given, the rest from the state. */
  #withStates(feeds: Readonly<Record<string, Tensor>>, session: InferenceSession): Record<string, Tensor> {
    return Object.fromEntries(session.inputNames.map((name) => [name, feeds[name] ?? this.#state(name).now]));
  }

  async #read(names: readonly string[]): Promise<NamedValues> {
    const tensors = this.#backend.inMemory
      ? new Map(names.map((name) => [name, this.#state(name).now]))
      : await this.#copyBack(names);
    return new Map(
      [...tensors].map(([name, tensor]) => [
        name,
        { dtype: 'float32', dims: tensor.dims, data: (tensor.data as Float32Array).slice() },
      ]),
    );
  }

  /** GPU tensors come back through a graph that does nothing: asking them for their data would end the process. */
  async #copyBack(names: readonly string[]): Promise<ReadonlyMap<string, Tensor>> {
    this.#readBack ??= this.#backend.createSession(this.#copyGraph());
    const session = await this.#readBack;
    const feeds = Object.fromEntries([...this.#states].map(([name, state]) => [name, state.now]));
    const results = await session.run(feeds, names.map(copyOf));
    return new Map(names.map((name) => [name, results[copyOf(name)] as Tensor]));
  }

  #copyGraph() {
    const graph = new GraphBuilder('copy');
    for (const [name, { now }] of this.#states) {
      graph.input(name, { dtype: 'float32', dims: now.dims });
      graph.output(graph.add('Identity', [name], {}), copyOf(name));
    }
    return graph.build();
  }

  #state(name: string): StateTensor {
    const found = this.#states.get(name);
    if (found === undefined) throw new Error(`No state named ${name}`);
    return found;
  }
}

function copyOf(name: string): string {
  return `copy/${name}`;
}

/** 0 with probability `rate`, else 1 / (1 − rate): the expectation stays 1. */
function drawMask(size: number, rate: number, seed: number, name: string, step: number): Float32Array {
  const random = randomStream(seed, `${name}/${step}`);
  const kept = 1 / (1 - rate);
  return Float32Array.from({ length: size }, () => (random.uniform() < rate ? 0 : kept));
}

function scalarTensor(value: number): Tensor {
  return new Tensor('float32', Float32Array.of(value), []);
}

function scalarOf(tensor: InferenceSession.OnnxValueMapType[string] | undefined): number {
  return (tensor?.data as Float32Array | undefined)?.[0] ?? Number.NaN;
}

/** Answers what was made for a key before, or makes it; a failure is not remembered. */
function remember<K, V>(known: Map<K, Promise<V>>, key: K, make: () => Promise<V>): Promise<V> {
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = make();
  known.set(key, made);
  made.catch(() => known.delete(key));
  return made;
}
