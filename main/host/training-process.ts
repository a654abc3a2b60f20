import { type ChildLike, childTransport } from '#contract/child-process.ts';
import { type Client, createClient } from '#contract/client.ts';
import type { EventName, InputOf, OutputOf, PayloadOf } from '#contract/define.ts';
import { type EngineContract, engineContract } from '#contract/engine.ts';

type EngineEvents = { readonly [N in EventName<EngineContract>]: (payload: PayloadOf<EngineContract, N>) => void };
type EngineCall = keyof EngineContract['calls'] & string;

/** Owns the training process: starts it when it is first needed, and anew after it ended. */
export class TrainingProcess {
  readonly #spawn: () => ChildLike;
  readonly #events: EngineEvents;
  readonly #onEnd: (reason: string) => void;
  #client: Client<EngineContract> | undefined;

  /** @param onEnd told when the process ends on its own, with the reason in words */
  constructor(spawn: () => ChildLike, events: EngineEvents, onEnd: (reason: string) => void) {
    this.#spawn = spawn;
    this.#events = events;
    this.#onEnd = onEnd;
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
    const forward = <N extends EventName<EngineContract>>(name: N) => client.on(name, this.#events[name]);
    for (const name of Object.keys(this.#events)) forward(name as EventName<EngineContract>);
    client.onClose((reason) => {
      if (this.#client !== client) return; // closed by us
      this.#client = undefined;
      this.#onEnd(reason);
    });
    this.#client = client;
    return client;
  }
}
