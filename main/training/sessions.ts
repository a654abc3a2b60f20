import type { Network } from '#core/network/network.ts';
import type { NetworkReport } from '#core/network/propagate.ts';
import type { Graph } from '#core/onnx/graph.ts';
import { compileInference, compileTraining, type TrainingProgram } from '#core/training/program.ts';
import type { CompiledSettings } from '#core/training/settings.ts';
import { fromStoredSet } from '#core/training/stored-set.ts';
import type { Backend, Session } from './backends/define.ts';
import type { StoredSet } from './stored-set.ts';

export interface Compiled {
  readonly program: TrainingProgram;
  readonly session: Session;
}

/** A network's steps and evaluations on one device, each compiled when it is first asked for. */
export class Sessions {
  readonly #network: Network;
  readonly #report: NetworkReport;
  readonly #backend: Backend;
  readonly #settings: CompiledSettings;
  readonly #large: boolean;
  readonly #training = new Map<string, Promise<Compiled>>();
  readonly #inference = new Map<string, Promise<Session>>();

  /** @param large as a session's wish */
  constructor(network: Network, report: NetworkReport, backend: Backend, settings: CompiledSettings, large: boolean) {
    this.#network = network;
    this.#report = report;
    this.#backend = backend;
    this.#settings = settings;
    this.#large = large;
  }

  /** @param stored reads its pictures from there */
  step(batchSize: number, stored?: StoredSet): Promise<Compiled> {
    return remember(this.#training, `${batchSize}${stored ? ' stored' : ''}`, async () => {
      const program = await this.stepProgram(batchSize);
      const keep = program.states.map((state) => state.next);
      const graph = await this.#reading(program.graph, stored);
      return { program, session: await this.#backend.createSession(graph, { keep, large: this.#large }) };
    });
  }

  /** @param watch as compileTraining has it */
  async stepProgram(batchSize: number, watch = false): Promise<TrainingProgram> {
    const target = await this.#backend.target();
    return compileTraining(this.#network, this.#report, batchSize, target, this.#settings, watch);
  }

  /** @param watch layers whose outputs are wanted too */
  inference(batchSize: number, watch: readonly string[], stored?: StoredSet): Promise<Session> {
    const key = `${batchSize}${stored ? ' stored' : ''} ${watch.join(' ')}`;
    return remember(this.#inference, key, async () => {
      const graph = await this.#reading(this.inferenceGraph(batchSize, watch), stored);
      return this.#backend.createSession(graph, { oneThread: batchSize === 1 });
    });
  }

  inferenceGraph(batchSize: number, watch: readonly string[]): Graph {
    return compileInference(this.#network, this.#report, batchSize, watch, this.#settings.loss).graph;
  }

  async releaseSteps(): Promise<void> {
    const compiled = [...this.#training.values()];
    this.#training.clear();
    await Promise.all(compiled.map(async (one) => (await one).session.release()));
  }

  async release(): Promise<void> {
    await this.releaseSteps();
    const sessions = [...this.#inference.values()];
    this.#inference.clear();
    await Promise.all(sessions.map(async (session) => (await session).release()));
  }

  async #reading(graph: Graph, stored: StoredSet | undefined): Promise<Graph> {
    return stored === undefined ? graph : fromStoredSet(graph, await this.#backend.target(), stored.set.count);
  }
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
