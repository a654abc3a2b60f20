import { setTimeout } from 'node:timers/promises';
import { type AppContract, appContract } from '#contract/app.ts';
import { CallError, type EventName, type InputOf, type OutputOf, type PayloadOf } from '#contract/define.ts';
import { tryDevices } from '#contract/device-trials.ts';
import type { Trial } from '#contract/schemas.ts';
import { type Handlers, type Server, serve } from '#contract/serve.ts';
import type { Transport } from '#contract/transport.ts';
import { toFileName } from '#core/project/file-name.ts';
import { createRunFolder, latestRunFolder } from '../runs/folders.ts';
import { readDesign, structureOf } from '../training/compiled-design.ts';
import { DataRegistry } from './data-registry.ts';
import { Designs } from './designs.ts';
import type { Platform } from './platform.ts';
import { RunRecord } from './run-record.ts';
import { TrainingProcess } from './training-process.ts';

/** Files that wait to be opened; whoever drops more on the icon gets the last of them. */
const MAX_WAITING = 30;

/**
 * Main's side of the contract, the same for Electron's window and for pages in a browser. Any number of pages may be
 * connected; all see the same run.
 */
export class Host {
  readonly #platform: Platform;
  readonly #designs: Designs;
  readonly #data: DataRegistry;
  readonly #training: TrainingProcess;
  readonly #pages = new Set<Server<AppContract>>();
  #run: RunRecord | undefined;
  readonly #restored: Promise<void>;
  /** Files that the desktop handed over and no page has opened yet, in the order in which they came. */
  #waiting: readonly string[] = [];
  #pageLeft: () => void = () => undefined;
  #trials: Promise<Trial[]> | undefined;

  constructor(platform: Platform) {
    this.#platform = platform;
    this.#designs = new Designs(platform.designsFolder, platform.stateFolder);
    this.#data = new DataRegistry(platform.stateFolder);
    this.#restored = this.#restore();
    this.#training = new TrainingProcess(
      () => platform.spawnTraining(false),
      {
        'run.status': ({ status, message, diverged }) => this.#setStatus(status, message, diverged),
        'data.progress': (progress) => this.emit('data.progress', progress),
        'run.plan': (plan) => {
          if (this.#run !== undefined) this.#run.plan = plan;
          this.emit('run.plan', plan);
        },
        'run.steps': (metrics) => {
          this.#run?.addSteps(metrics);
          this.emit('run.steps', metrics);
        },
        'run.epoch': (metrics) => {
          this.#run?.addEpoch(metrics);
          this.emit('run.epoch', metrics);
        },
        'run.filters': (pictures) => this.emit('run.filters', pictures),
        'run.activations': (maps) => this.emit('run.activations', maps),
        'run.saved': (saved) => {
          if (this.#run !== undefined) this.#run.saved = saved;
        },
      },
      (reason) => this.#trainingEnded(reason),
    );
  }

  /** Answers a page until its transport closes. */
  connect(transport: Transport): void {
    const page = serve(appContract, transport, this.#handlers);
    this.#pages.add(page);
    transport.onClose(() => {
      this.#pages.delete(page);
      this.#pageLeft();
    });
  }

  /** Tells every page. */
  emit<N extends EventName<AppContract>>(name: N, payload: PayloadOf<AppContract, N>): void {
    for (const page of this.#pages) page.emit(name, payload);
  }

  /** Offers the pages a file that the desktop hands over; a page that is not there yet asks for it when it is. */
  offerFile(path: string): void {
    this.#waiting = [...this.#waiting.filter((other) => other !== path), path].slice(-MAX_WAITING);
    this.emit('designs.waiting', {});
  }

  /** Resolves when every page has gone and what they asked to be saved is saved: a page saves as it goes. */
  async drained(): Promise<void> {
    while (this.#pages.size > 0) {
      await new Promise<void>((resolve) => {
        this.#pageLeft = resolve;
      });
    }
    await this.#designs.settled();
  }

  /** Ends the training process and lets go of the pages. */
  close(): void {
    this.#training.close();
    for (const page of this.#pages) page.close();
    this.#pages.clear();
  }

  readonly #handlers: Handlers<AppContract> = {
    'app.describe': () => ({
      version: __VERSION__,
      shell: this.#platform.shell,
      designsFolder: this.#platform.designsFolder,
      runtime: this.#platform.runtime,
    }),
    'designs.recent': () => this.#designs.recent(),
    'designs.open': ({ id }) => this.#designs.open(id),
    'designs.read': ({ id }) => this.#designs.read(id),
    'designs.pick': async () => {
      const path = await this.#platform.pickDesign();
      return path === null ? null : this.#designs.openPath(path);
    },
    'designs.create': ({ text }) => this.#designs.create(text),
    'designs.save': ({ id, text, revision }) => this.#designs.save(id, text, revision),
    'designs.forget': ({ id }) => this.#designs.forget(id),
    'designs.takeWaiting': () => {
      const [path, ...rest] = this.#waiting;
      this.#waiting = rest;
      return path === undefined ? null : this.#designs.openPath(path);
    },
    'data.list': () => this.#data.list(),
    'data.add': async ({ path }) => {
      const folder = path ?? (await this.#platform.pickDataFolder());
      return folder === null ? null : this.#data.add(folder);
    },
    'data.describe': async ({ id }) => this.#training.call('data.describe', { source: await this.#data.source(id) }),
    'data.forget': ({ id }) => this.#data.forget(id),
    'data.resize': ({ id, size }) => this.#data.resize(id, size ?? undefined),
    'data.samples': async ({ id, ...request }) =>
      this.#training.call('data.samples', { source: await this.#data.source(id), ...request }),
    'design.memory': (input) => this.#training.call('design.memory', input),
    'devices.list': async () => this.#training.call('devices.list', { trials: await this.#triedDevices() }),
    'run.start': (input) => this.#start(input),
    'run.pause': () => this.#training.call('run.pause', {}),
    'run.resume': () => this.#training.call('run.resume', {}),
    'run.stop': () => this.#training.call('run.stop', {}),
    'run.continue': () => this.#continue(),
    'run.snapshot': async () => {
      await this.#restored;
      return this.#run?.snapshot() ?? null;
    },
    'run.watch': async (wanted) => {
      // Nothing runs before the first start; the training process need not be started for looking.
      this.#watch = wanted;
      if (this.#training.alive) await this.#training.call('run.watch', wanted);
    },
    'run.filters': (input) => this.#training.call('run.filters', input),
    'model.export': (input) => this.#export(input),
  };
  #watch: InputOf<AppContract, 'run.watch'> = { filters: false, activations: null };

  async #start({ design, data, device }: InputOf<AppContract, 'run.start'>): Promise<void> {
    const source = await this.#data.source(data);
    readDesign(design); // refuses what cannot be trained before the last run is forgotten
    const folder = await createRunFolder(this.#platform.stateFolder);
    // What the last run still has to say belongs to its own record.
    if (this.#run?.active === true && this.#training.alive) await this.#training.call('run.stop', {});
    const run = new RunRecord(design, folder);
    this.#run = run;
    this.#setStatus('preparing', '');
    const trials = device === 'cpu' ? undefined : await this.#triedDevices();
    if (this.#run !== run || !run.active) return; // stopped meanwhile
    await this.#training.call('run.watch', this.#watch);
    await this.#training.call('run.start', {
      design,
      source,
      ranges: {},
      device,
      ...(trials && { trials }),
      folder,
    });
  }

  /** The last run of the program's last time: its curves are shown again, and it can go on. */
  async #restore(): Promise<void> {
    const folder = await latestRunFolder(this.#platform.stateFolder);
    const found = folder === undefined ? undefined : await RunRecord.read(folder).catch(() => undefined);
    this.#run ??= found;
  }

  async #continue(): Promise<void> {
    const run = this.#run;
    if (run?.canContinue !== true) throw new CallError('refused', 'There is no run to go on with; press Train.');
    const { folder } = run;
    this.#setStatus('preparing', '');
    try {
      const { device } = await this.#training.call('run.inspect', { folder });
      const trials = device === 'cpu' ? undefined : await this.#triedDevices();
      if (!run.active) return; // stopped meanwhile
      await this.#training.call('run.watch', this.#watch);
      await this.#training.call('run.continue', { folder, ...(trials && { trials }) });
    } catch (error) {
      this.#setStatus('failed', error instanceof Error ? error.message : String(error));
    }
  }

  /** Which devices can be used; tried when that is first of interest. */
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

  #setStatus(status: RunRecord['status'], message: string, diverged = false): void {
    this.#run?.setStatus(status, message, diverged);
    const { ranFor = 0, canContinue = false } = this.#run ?? {};
    this.emit('run.status', { status, message, ranFor, canContinue });
  }

  #trainingEnded(reason: string): void {
    if (this.#run?.active !== true) return;
    const { saved } = this.#run;
    const kept =
      saved === undefined
        ? 'No epoch was finished, so no weights were saved. The design is safe; press Train to start again.'
        : `Press Resume to go on from step ${saved.step}, of which there is a checkpoint (${saved.path}); it can be exported, too.`;
    this.#setStatus('failed', `${reason} ${kept}`);
  }

  async #export({
    design,
    data,
  }: InputOf<AppContract, 'model.export'>): Promise<OutputOf<AppContract, 'model.export'>> {
    const compiled = readDesign(design);
    const target = await this.#platform.exportTarget(`${toFileName(compiled.design.name)}.onnx`);
    if (target === null) return null;
    const source = data === undefined ? undefined : await this.#data.source(data);
    const receipt = await this.#training.call('model.export', {
      design,
      path: target.path,
      ...(source && { source }),
      ...this.#savedFor(compiled),
    });
    return { receipt, download: target.download };
  }

  /** Weights on disk for a design whose run ended with its process. */
  #savedFor(compiled: ReturnType<typeof readDesign>) {
    const run = this.#run;
    if (run?.saved === undefined || structureOf(readDesign(run.design)) !== structureOf(compiled)) return {};
    return { from: { path: run.saved.path, steps: run.saved.step } };
  }
}
