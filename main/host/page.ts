import type { AppContract } from '#contract/app/index.ts';
import { appContract } from '#contract/app/index.ts';
import type { EventName, PayloadOf } from '#contract/define.ts';
import type { RunId, Watch } from '#contract/schemas.ts';
import { type Handlers, type Server, serve } from '#contract/serve.ts';
import type { Transport } from '#contract/transport.ts';

const NOTHING: Watch = { filters: false, activations: null };

/** One connected page: who calls, and what it wants to hear of. */
export class Page {
  readonly #server: Server<AppContract>;
  /** Runs that it follows, and which images of them it shows. */
  readonly #watched = new Map<RunId, Watch>();

  constructor(transport: Transport, handlers: Handlers<AppContract, Page>) {
    this.#server = serve(appContract, transport, handlers, this);
  }

  publish<N extends EventName<AppContract>>(name: N, payload: PayloadOf<AppContract, N>): void {
    this.#server.emit(name, payload);
  }

  follow(run: RunId): void {
    if (!this.#watched.has(run)) this.#watched.set(run, NOTHING);
  }

  unfollow(run: RunId): void {
    this.#watched.delete(run);
  }

  watch(run: RunId, watch: Watch): void {
    this.#watched.set(run, watch);
  }

  follows(run: RunId): boolean {
    return this.#watched.has(run);
  }

  /** Which images of a run it shows; none of a run that it does not follow. */
  watchOf(run: RunId): Watch {
    return this.#watched.get(run) ?? NOTHING;
  }

  close(): void {
    this.#server.close();
  }
}
