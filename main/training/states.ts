import { GraphBuilder } from '#core/onnx/builder.ts';
import type { Graph } from '#core/onnx/graph.ts';
import { type Tensor as CoreTensor, elementCount } from '#core/onnx/tensor.ts';
import type { Backend, Session } from './backends/define.ts';
import { Tensor } from './onnx-runtime.ts';
import { giveBack } from './tensors.ts';

/** Bytes of weights and what the optimizer keeps from which memory counts more than anything else. */
export const LARGE = 64e6;

/** A network's tensors by full name. */
export type NamedValues = ReadonlyMap<string, CoreTensor & { readonly data: Float32Array }>;

/** Tensors for a session's inputs, by name. */
export type Feeds = Readonly<Record<string, Tensor>>;

/**
 * What a run keeps on its device from step to step: weights, running statistics and what the optimizer keeps. What a step
 * answers is what the next one reads. (An answer on the CPU is copied on its way to JavaScript even if it was told where
 * to go: a second buffer for it would only take memory. To write it over what was there saves one.)
 */
export class States {
  readonly #backend: Backend;
  readonly #now = new Map<string, Tensor>();
  #copying: Promise<Session> | undefined;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  get names(): readonly string[] {
    return [...this.#now.keys()];
  }

  get bytes(): number {
    return [...this.#now.values()].reduce((sum, { dims }) => sum + 4 * elementCount(dims), 0);
  }

  /** @param data read by the next step; written only where a step is told to (`places`) */
  set(name: string, dims: readonly number[], data: Float32Array): void {
    this.replace(name, new Tensor('float32', data, dims));
  }

  /** Takes what a step wrote as the value from now on. */
  replace(name: string, written: Tensor): void {
    giveBack(this.#now.get(name));
    this.#now.set(name, written);
  }

  /** The inputs a session asks for: those given, the rest from here. */
  complete(given: Feeds, session: Session): Record<string, Tensor> {
    return Object.fromEntries(session.inputNames.map((name) => [name, given[name] ?? this.#of(name)]));
  }

  /**
   * Where a session is to write its outputs: over the values of some states, which it may as long as each node that reads
   * one comes before the node that writes it; anew for all others. (What a session answers is a copy of it all the same.)
   */
  places(
    outputs: readonly { readonly name: string }[],
    overwritten: readonly { readonly name: string; readonly next: string }[],
  ): Readonly<Record<string, Tensor | null>> {
    const over = new Map(overwritten.map(({ name, next }) => [next, this.#of(name)]));
    return Object.fromEntries(outputs.map(({ name }) => [name, over.get(name) ?? null]));
  }

  /** Sets these to zero; in memory only. */
  clear(names: readonly string[]): void {
    for (const name of names) (this.#of(name).data as Float32Array).fill(0);
  }

  /** Copies of some tensors. */
  async read(names: readonly string[]): Promise<NamedValues> {
    const tensors = this.#backend.inMemory
      ? new Map(names.map((name) => [name, this.#of(name)]))
      : await this.#copyBack(names);
    return new Map(
      [...tensors].map(([name, tensor]) => [
        name,
        { dtype: 'float32', dims: tensor.dims, data: (tensor.data as Float32Array).slice() },
      ]),
    );
  }

  /** Takes all off the device: it lies in the memory of sessions that are about to be released. */
  async bringBack(): Promise<void> {
    if (this.#backend.inMemory) return;
    for (const [name, { dims, data }] of await this.read(this.names)) this.set(name, dims, data);
  }

  /** Tensors on a device must go before the sessions whose memory they are. */
  async dispose(): Promise<void> {
    for (const tensor of this.#now.values()) giveBack(tensor);
    this.#now.clear();
    const session = await this.#copying;
    this.#copying = undefined;
    await session?.release();
  }

  /** GPU tensors come back through a graph that does nothing: asking them for their data would end the process. */
  async #copyBack(names: readonly string[]): Promise<ReadonlyMap<string, Tensor>> {
    this.#copying ??= this.#backend.createSession(this.#copyGraph());
    const session = await this.#copying;
    const results = await session.run(Object.fromEntries(this.#now), names.map(copyOf));
    return new Map(names.map((name) => [name, results[copyOf(name)] as Tensor]));
  }

  #copyGraph(): Graph {
    const graph = new GraphBuilder('copy');
    for (const [name, { dims }] of this.#now) {
      graph.input(name, { dtype: 'float32', dims });
      graph.output(graph.add('Identity', [name], {}), copyOf(name));
    }
    return graph.build();
  }

  #of(name: string): Tensor {
    const found = this.#now.get(name);
    if (found === undefined) throw new Error(`No state named ${name}`);
    return found;
  }
}

function copyOf(name: string): string {
  return `copy/${name}`;
}
