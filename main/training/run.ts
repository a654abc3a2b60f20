import type { InputOf } from '#contract/define.ts';
import type { EngineContract } from '#contract/engine.ts';
import { isTraining, isUnderWay, type RunStatus } from '#contract/schemas.ts';
import type { Server } from '#contract/serve.ts';
import { Batcher } from '../datasets/batches.ts';
import type { ImageSet, Split } from '../datasets/image-set.ts';
import type { CompiledDesign } from './compiled-design.ts';
import { plannedSteps, stepsPerEpoch, trainLoop } from './loop.ts';
import { activationMaps, convLayers, filterBanks } from './pictures.ts';
import type { Trainer } from './trainer.ts';

type Watch = InputOf<EngineContract, 'run.watch'>;

export interface RunParts {
  readonly compiled: CompiledDesign;
  readonly set: ImageSet;
  readonly split: Split;
  readonly classes: number;
  readonly trainer: Trainer;
  readonly device: { readonly name: string; readonly note: string };
  readonly steps?: number;
  /** Writes the weights as they are. */
  readonly save?: () => Promise<void>;
}

/** Milliseconds between two batches of metrics: about 30 a second. */
const METRICS_EVERY = 33;
/** Milliseconds between two sets of pictures, and the most of the run's time that they may take. */
const PICTURES_EVERY = 350;
const PICTURES_SHARE = 0.04;
/** The same for saving weights after an epoch. */
const SAVING_SHARE = 0.04;

/** One run under way: it can be paused and stopped between two steps, and streams what happens. */
export class Run {
  readonly parts: RunParts;
  readonly #server: Pick<Server<EngineContract>, 'emit'>;
  #status: RunStatus = 'preparing';
  #resume: (() => void) | undefined;
  #stopping = false;
  #step = 0;
  #pending = { first: 1, losses: [] as number[], accuracies: [] as number[] };
  #flushedAt = 0;
  #watch: Watch = { filters: false, activations: null };
  #picturesAt = Number.NEGATIVE_INFINITY;
  #spent = { training: 0, pictures: 0, saving: 0 };
  /** When the steps since the last look began; undefined while nothing is trained. */
  #trainingFrom: number | undefined;
  #ended: Promise<void> = Promise.resolve();

  constructor(parts: RunParts, server: Pick<Server<EngineContract>, 'emit'>) {
    this.parts = parts;
    this.#server = server;
  }

  /** Steps done so far. */
  get step(): number {
    return this.#step;
  }

  start(): void {
    this.#ended = this.#run();
  }

  pause(): void {
    if (this.#status === 'running') this.#setStatus('pausing');
  }

  resume(): void {
    if (this.#status !== 'paused' && this.#status !== 'pausing') return;
    this.#setStatus('running');
    this.#resume?.();
  }

  /** Ends the run after the step under way; resolves once it has ended. */
  async stop(): Promise<void> {
    if (isUnderWay(this.#status) && this.#status !== 'stopping') {
      this.#stopping = true;
      this.#setStatus('stopping');
      this.#resume?.();
    }
    await this.#ended;
  }

  async watch(wanted: Watch): Promise<void> {
    this.#watch = wanted;
    // While steps run, the loop sends pictures between two of them; otherwise nobody else would.
    if (!isTraining(this.#status)) await this.#sendPictures();
  }

  async dispose(): Promise<void> {
    await this.stop();
    await this.parts.trainer.dispose();
  }

  async #run(): Promise<void> {
    const { compiled, set, split, trainer, classes, device, steps } = this.parts;
    const settings = compiled.design.training;
    const trainCount = split.train.end - split.train.begin;
    this.#server.emit('run.plan', {
      design: compiled.design.name,
      device: device.name,
      deviceNote: device.note,
      data: set.name,
      trainCount,
      validateCount: split.validate.end - split.validate.begin,
      batchSize: settings.batchSize,
      stepsPerEpoch: stepsPerEpoch(trainCount, settings.batchSize),
      steps: plannedSteps({ split, settings, ...(steps !== undefined && { steps }) }),
      epochs: settings.epochs,
    });
    if (!this.#stopping) this.#setStatus('running');
    try {
      const options = { trainer, set, split, settings, classes, ...(steps !== undefined && { steps }) };
      const ending = await trainLoop(options, {
        onStep: (step, size, result) => this.#onStep(step, size, result),
        onEpoch: async (metrics) => {
          this.#flush();
          this.#server.emit('run.epoch', metrics);
          await this.#autosave();
        },
        goOn: () => this.#goOn(),
      });
      this.#flush();
      await this.#finish(ending);
    } catch (error) {
      this.#flush();
      this.#setStatus('failed', error instanceof Error ? error.message : String(error));
    }
  }

  /** A run that ended leaves its last pictures and its weights. */
  async #finish(ending: 'finished' | 'stopped'): Promise<void> {
    await this.#sendPictures();
    if (this.#step > 0) await this.#save();
    this.#setStatus(ending);
  }

  #onStep(step: number, size: number, { loss, correct }: { loss: number; correct: number }): void {
    this.#step = step;
    this.#pending.losses.push(loss);
    this.#pending.accuracies.push(correct / size);
    if (performance.now() - this.#flushedAt >= METRICS_EVERY) this.#flush();
  }

  #flush(): void {
    const { first, losses, accuracies } = this.#pending;
    this.#flushedAt = performance.now();
    if (losses.length === 0) return;
    this.#pending = { first: first + losses.length, losses: [], accuracies: [] };
    this.#server.emit('run.steps', {
      first,
      every: 1,
      losses: Float32Array.from(losses),
      accuracies: Float32Array.from(accuracies),
    });
  }

  async #goOn(): Promise<boolean> {
    if (this.#stopping) return false;
    if (this.#status === 'pausing') {
      this.#flush();
      this.#setStatus('paused');
      await this.#sendPictures();
      // `resume` may have come while the pictures were made.
      if (this.#isPaused()) {
        await new Promise<void>((resolve) => {
          this.#resume = resolve;
        });
      }
      this.#resume = undefined;
      this.#trainingFrom = undefined;
    }
    const now = performance.now();
    this.#spent.training += this.#trainingFrom === undefined ? 0 : now - this.#trainingFrom;
    const due = now - this.#picturesAt >= PICTURES_EVERY;
    if (due && this.#spent.pictures <= PICTURES_SHARE * this.#spent.training) await this.#sendPictures();
    this.#trainingFrom = performance.now();
    return !this.#stopping;
  }

  #isPaused(): boolean {
    return this.#status === 'paused';
  }

  async #sendPictures(): Promise<void> {
    const begin = performance.now();
    this.#picturesAt = begin;
    const { trainer, compiled } = this.parts;
    if (this.#watch.filters) {
      const banks = await filterBanks(trainer, convLayers(compiled.report));
      this.#server.emit('run.filters', { step: this.#step, banks });
    }
    if (this.#watch.activations !== null) await this.#sendActivations(this.#watch.activations);
    this.#spent.pictures += performance.now() - begin;
  }

  async #sendActivations(sample: number): Promise<void> {
    const { set, split, classes, trainer, compiled } = this.parts;
    const at = split.validate.begin + sample;
    if (at >= split.validate.end) return;
    const batch = new Batcher(set, classes).fill(Uint32Array.of(at), 0, 1);
    const where = { step: this.#step, sample, label: set.labels[at] ?? 0 };
    this.#server.emit('run.activations', await activationMaps(trainer, compiled.report, batch, where));
  }

  /** Saves after an epoch unless saving would take more than its share of the time. */
  async #autosave(): Promise<void> {
    if (this.#spent.saving <= SAVING_SHARE * this.#spent.training) await this.#save();
  }

  async #save(): Promise<void> {
    const begin = performance.now();
    await this.parts.save?.();
    this.#spent.saving += performance.now() - begin;
  }

  #setStatus(status: RunStatus, message = ''): void {
    this.#status = status;
    this.#server.emit('run.status', { status, message });
  }
}
