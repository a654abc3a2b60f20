import { setTimeout } from 'node:timers/promises';
import type { AppContract } from '#contract/app/index.ts';
import type { EventName, PayloadOf } from '#contract/define.ts';
import { tryDevices } from '#contract/device-trials.ts';
import type { DataSource } from '#contract/engine.ts';
import type { Trial } from '#contract/schemas.ts';
import type { Handlers } from '#contract/serve.ts';
import type { Transport } from '#contract/transport.ts';
import { DataRegistry } from './data-registry.ts';
import { Designs } from './designs.ts';
import { appHandlers } from './handlers/app.ts';
import { dataHandlers } from './handlers/data.ts';
import type { HandlerParts } from './handlers/define.ts';
import { designHandlers } from './handlers/designs.ts';
import { deviceHandlers } from './handlers/devices.ts';
import { modelHandlers } from './handlers/models.ts';
import { runHandlers } from './handlers/runs.ts';
import type { Page } from './page.ts';
import { Pages } from './pages.ts';
import type { Platform } from './platform.ts';
import { RunList } from './run-list.ts';
import { RunScheduler } from './run-scheduler.ts';
import { TrainingProcess } from './training-process.ts';

/** Files that wait to be opened; whoever drops more on the icon gets the last of them. */
const MAX_WAITING = 30;

/**
 * Main's side of the contract, the same for Electron's window and for pages in a browser. Any number of pages may be
 * connected; each follows the runs that it shows.
 */
export class Host {
  readonly #platform: Platform;
  readonly #pages = new Pages();
  readonly #designs: Designs;
  readonly #training: TrainingProcess;
  readonly #scheduler: RunScheduler;
  readonly #handlers: Handlers<AppContract, Page>;
  /** Files that the desktop handed over and no page has opened yet, in the order in which they came. */
  #waiting: readonly string[] = [];
  #trials: Promise<Trial[]> | undefined;

  constructor(platform: Platform) {
    this.#platform = platform;
    this.#designs = new Designs(platform.designsFolder, platform.stateFolder);
    const data = new DataRegistry(platform.stateFolder);
    const runs = new RunList(platform.stateFolder);
    this.#training = new TrainingProcess(() => platform.spawnTraining(false));
    const triedDevices = () => this.#triedDevices();
    this.#scheduler = new RunScheduler({
      list: runs,
      pages: this.#pages,
      training: this.#training,
      trials: triedDevices,
    });
    this.#training.listen({
      events: {
        ...this.#scheduler.events,
        'data.progress': ({ source, ...progress }) => void this.#publishProgress(data, source, progress),
      },
      onEnd: (reason) => this.#scheduler.onTrainingEnded(reason),
    });
    const parts: HandlerParts = {
      platform,
      designs: this.#designs,
      data,
      runs,
      scheduler: this.#scheduler,
      training: this.#training,
      triedDevices,
      takeWaiting: () => {
        const [path, ...rest] = this.#waiting;
        this.#waiting = rest;
        return path;
      },
    };
    this.#handlers = {
      ...appHandlers(parts),
      ...designHandlers(parts),
      ...dataHandlers(parts),
      ...deviceHandlers(parts),
      ...runHandlers(parts),
      ...modelHandlers(parts),
    };
  }

  /** Answers a page until its transport closes. */
  connect(transport: Transport): void {
    // The training process may end just now: then nothing is shown of its run anyway.
    const onLeave = () => void this.#scheduler.updateWatch().catch(() => undefined);
    this.#pages.connect(transport, this.#handlers, onLeave);
  }

  /** Publishes to every page. */
  publish<N extends EventName<AppContract>>(name: N, payload: PayloadOf<AppContract, N>): void {
    this.#pages.publish(name, payload);
  }

  /** Offers the pages a file that the desktop hands over; a page that is not there yet asks for it when it is. */
  offerFile(path: string): void {
    this.#waiting = [...this.#waiting.filter((other) => other !== path), path].slice(-MAX_WAITING);
    this.publish('designs.waiting', {});
  }

  /** Resolves when every page has gone and what they asked to be saved is saved: a page saves as it goes. */
  async drained(): Promise<void> {
    await this.#pages.empty();
    await this.#designs.settled();
  }

  /** Ends the training process and lets go of the pages. */
  close(): void {
    this.#training.close();
    this.#pages.close();
  }

  async #publishProgress(data: DataRegistry, source: DataSource, progress: { done: number; total: number }) {
    const id = await data.idOf(source);
    if (id !== undefined) this.#pages.publish('data.progress', { id, ...progress });
  }

  #triedDevices(): Promise<Trial[]> {
    this.#trials ??= tryDevices(
      {
        spawn: () => this.#platform.spawnTraining(true),
        wait: (milliseconds) => setTimeout(milliseconds, undefined, { ref: false }),
      },
      false,
    );
    return this.#trials;
  }
}
