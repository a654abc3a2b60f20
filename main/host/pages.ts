import type { AppContract } from '#contract/app/index.ts';
import type { EventName, PayloadOf } from '#contract/define.ts';
import type { EngineWatch } from '#contract/engine.ts';
import type { RunId } from '#contract/schemas.ts';
import type { Handlers } from '#contract/serve.ts';
import type { Transport } from '#contract/transport.ts';
import { Page } from './page.ts';

/** Images of one run that the training process makes for all pages together. */
const MAX_ACTIVATIONS = 8;

/** The pages that are connected. */
export class Pages {
  readonly #pages = new Set<Page>();
  #onLeave: () => void = () => undefined;

  /** @param onLeave called when a page has gone, with what it showed */
  connect(transport: Transport, handlers: Handlers<AppContract, Page>, onLeave: () => void): void {
    const page = new Page(transport, handlers);
    this.#pages.add(page);
    transport.onClose(() => {
      this.#pages.delete(page);
      onLeave();
      this.#onLeave();
    });
  }

  /** Publishes to every page. */
  publish<N extends EventName<AppContract>>(name: N, payload: PayloadOf<AppContract, N>): void {
    for (const page of this.#pages) page.publish(name, payload);
  }

  /** Publishes to the pages that follow a run. */
  publishTo<N extends EventName<AppContract>>(run: RunId, name: N, payload: PayloadOf<AppContract, N>): void {
    for (const page of this.#pages) if (page.follows(run)) page.publish(name, payload);
  }

  /** Publishes to the pages that show this held-back image of a run. */
  publishActivations(run: RunId, payload: PayloadOf<AppContract, 'runs.activations'>): void {
    for (const page of this.#pages) {
      if (page.watchOf(run).activations === payload.sample) page.publish('runs.activations', payload);
    }
  }

  /** What all pages together want to see of a run. */
  watchOf(run: RunId): EngineWatch {
    const watches = [...this.#pages].map((page) => page.watchOf(run));
    const samples = new Set(watches.flatMap(({ activations }) => activations ?? []));
    return { filters: watches.some(({ filters }) => filters), activations: [...samples].slice(0, MAX_ACTIVATIONS) };
  }

  /** Resolves when no page is connected any more. */
  async empty(): Promise<void> {
    while (this.#pages.size > 0) {
      await new Promise<void>((resolve) => {
        this.#onLeave = resolve;
      });
    }
  }

  close(): void {
    for (const page of this.#pages) page.close();
    this.#pages.clear();
  }
}
