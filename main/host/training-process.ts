import { type ChildLike, childTransport } from '#contract/child-process.ts';
import { type Client, createClient } from '#contract/client.ts';
import type { EventName, InputOf, OutputOf, PayloadOf } from '#contract/define.ts';
import { type EngineContract, engineContract } from '#contract/engine.ts';

export interface TrainingListener {
  readonly events: { readonly [N in EventName<EngineContract>]: (payload: PayloadOf<EngineContract, N>) => void };
  /** Called when the process ends on its own, with the reason in words. */
  onEnd(reason: string): void;
}

type EngineCall = keyof EngineContract['calls'] & string;

/** Owns the training process: starts it when it is first needed, and anew after it ended. */
export class TrainingProcess {
  readonly #spawn: () => ChildLike;
  #listener: TrainingListener | undefined;
  #client: Client<EngineContract> | undefined;

  constructor(spawn: () => ChildLike) {
    this.#spawn = spawn;
  }

  /** Sets what hears of the process; to be called before its first call. */
  listen(listener: TrainingListener): void {
    this.#listener = listener;
  }

  call<N extends EngineCall>(name: N, input: InputOf<EngineContract, N>): Promise<OutputOf<EngineContract, N>> {
    return this.#running().call(name, input);
  }

  /** Whether the process runs: what it knows of a run is lost with it. */
  get alive(): boolean {
    return this.#client !== undefined;
  }

  close(): void {
    const client = this.#client;
    this.#client = undefined;
    client?.close();
  }

  #running(): Client<EngineContract> {
    if (this.#client !== undefined) return this.#client;
    const client = createClient(engineContract, childTransport(this.#spawn()));
    const events = this.#listener?.events;
    const forward = <N extends EventName<EngineContract>>(name: N) => events && client.on(name, events[name]);
    for (const name of Object.keys(engineContract.events)) forward(name as EventName<EngineContract>);
    client.onClose((reason) => {
      if (this.#client !== client) return; // closed by us
      this.#client = undefined;
      this.#listener?.onEnd(reason);
    });
    this.#client = client;
    return client;
  }
}
