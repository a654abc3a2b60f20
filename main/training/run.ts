import type { InputOf, PayloadOf } from '#contract/define.ts';
import type { EngineContract } from '#contract/engine.ts';
import { type EpochMetrics, isTraining, isUnderWay, type RunStatus } from '#contract/schemas.ts';
import type { Server } from '#contract/serve.ts';
import { Batcher } from '../datasets/batches.ts';
import type { ImageSet, Split } from '../datasets/image-set.ts';
import { Recorder } from '../runs/recorder.ts';
import type { RunFolder } from '../runs/run-folder.ts';
import { BatchNormError } from './batch-norm.ts';
import type { CompiledDesign } from './compiled-design.ts';
import { DivergedError, type Ending, plannedSteps, stepsPerEpoch, trainLoop } from './loop.ts';
import { activationMaps, convLayers, filterBanks } from './pictures.ts';
import type { Position } from './position.ts';
import type { NamedValues } from './states.ts';
import type { StepResult, Trainer } from './trainer.ts';

type Watch = InputOf<EngineContract, 'run.watch'>;

export interface RunParts {
  readonly compiled: CompiledDesign;
  readonly set: ImageSet;
  readonly split: Split;
  readonly classes: number;
  readonly trainer: Trainer;
  readonly device: { readonly name: string; readonly note: string };
  readonly steps?: number;
  /** Where it begins, or goes on. */
  readonly position: Position;
  /** Where its metrics and checkpoints go. */
  readonly folder?: RunFolder;
}

/** Milliseconds between two batches of metrics: about 30 a second. */
const METRICS_EVERY = 33;
/** Milliseconds between two sets of pictures, and the most of the run's time that they may take. */
const PICTURES_EVERY = 350;
const PICTURES_SHARE = 0.04;
/** The same for checkpoints: after an epoch, and in the middle of a long one. */
const SAVING_SHARE = 0.04;
const SAVING_EVERY = 20_000;

/** One run under way: it can be paused and stopped between two steps, and streams what happens. */
export class Run {
  readonly parts: RunParts;
  readonly #server: Pick<Server<EngineContract>, 'emit'>;
  #status: RunStatus = 'preparing';
  #resume: (() => void) | undefined;
  #stopping = false;
  readonly #recorder: Recorder | undefined;
  /** The weights of the epoch with the lowest validation loss, where they are wanted and no folder keeps them. */
  #best: NamedValues | undefined;
  #plan: PayloadOf<EngineContract, 'run.plan'> | undefined;
  #mostAtOnce: number | undefined;
  #pending: { first: number; losses: number[]; accuracies: number[] };
  #savedAt = performance.now();
  /** What could not be written. */
  #fault = '';
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
    this.#pending = { first: parts.position.step + 1, losses: [], accuracies: [] };
    this.#recorder = parts.folder && new Recorder(parts.folder, (fault) => this.#tell(fault));
  }

  /** Steps done so far. */
  get step(): number {
    return this.parts.position.step;
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
    const { compiled, set, split, trainer, classes, device, steps, position } = this.parts;
    const settings = compiled.design.training;
    const trainCount = split.train.end - split.train.begin;
    const options = { trainer, set, split, settings, classes, ...(steps !== undefined && { steps }) };
    const plan = {
      design: compiled.design.name,
      device: device.name,
      deviceNote: device.note,
      data: set.name,
      trainCount,
      validateCount: split.validate.end - split.validate.begin,
      batchSize: settings.batchSize,
      stepsPerEpoch: stepsPerEpoch(trainCount, settings.batchSize),
      steps: plannedSteps(options),
      epochs: settings.stopEpoch === 0 ? settings.epochs : Math.min(settings.epochs, settings.stopEpoch),
    };
    this.#plan = plan;
    this.#server.emit('run.plan', plan);
    this.#recorder?.append({ event: 'plan', ...plan });
    if (position.step > 0) {
      this.#recorder?.append({ event: 'resume', step: position.step, at: new Date().toISOString() });
    }
    if (!this.#stopping) this.#setStatus('running');
    try {
      const hooks = {
        onStep: (size: number, result: StepResult) => this.#onStep(size, result),
        onEpoch: (metrics: EpochMetrics, lowest: boolean) => this.#onEpoch(metrics, lowest),
        goOn: () => this.#goOn(),
      };
      await this.#finish(await trainLoop(options, hooks, position));
    } catch (error) {
      await this.#fail(error);
    }
  }

  /** A run that ended leaves its last pictures and its weights. */
  async #finish({ status, message }: Ending): Promise<void> {
    this.#flush();
    if (status === 'finished') await this.#restoreBest();
    await this.#sendPictures();
    if (this.step > 0) await this.#save();
    await this.#end(status, status, message);
  }

  async #fail(error: unknown): Promise<void> {
    this.#flush();
    const message = error instanceof Error ? error.message : String(error);
    const diverged = error instanceof DivergedError;
    // What the trainer holds is what was there before the step that went wrong.
    if ((diverged || error instanceof BatchNormError) && this.step > 0) await this.#save();
    await this.#end('failed', diverged ? 'diverged' : 'failed', message);
  }

  async #end(status: RunStatus, event: 'finished' | 'stopped' | 'failed' | 'diverged', message: string): Promise<void> {
    this.#recorder?.append({ event: 'end', status: event, message });
    await this.#recorder?.close();
    this.#setStatus(status, message, event === 'diverged');
  }

  async #onEpoch(metrics: EpochMetrics, lowest: boolean): Promise<void> {
    this.#flush();
    this.#server.emit('run.epoch', metrics);
    this.#recorder?.append({ event: 'epoch', ...metrics });
    if (lowest && this.parts.compiled.design.training.restoreBest) {
      const values = await this.parts.trainer.values();
      if (this.#recorder === undefined) this.#best = values;
      else await this.#recorder.saveBest(values);
    }
    // Unless saving would take more than its share of the time.
    if (this.#spent.saving <= SAVING_SHARE * this.#spent.training) await this.#save();
  }

  async #restoreBest(): Promise<void> {
    const { compiled, folder, position, trainer } = this.parts;
    if (!compiled.design.training.restoreBest || position.best.resting === 0) return;
    const best = this.#best ?? (await folder?.best());
    if (best !== undefined) await trainer.replace(best);
  }

  #onStep(size: number, { loss, correct }: StepResult): void {
    this.#tellMemory();
    this.#pending.losses.push(loss);
    this.#pending.accuracies.push(correct / size);
    if (performance.now() - this.#flushedAt >= METRICS_EVERY) this.#flush();
  }

  /** Says once that steps are done in parts because their batch did not fit. */
  #tellMemory(): void {
    const { mostAtOnce } = this.parts.trainer;
    if (mostAtOnce === this.#mostAtOnce || mostAtOnce === undefined || this.#plan === undefined) return;
    this.#mostAtOnce = mostAtOnce;
    const { deviceNote, batchSize } = this.#plan;
    const parts = `not enough memory for ${batchSize} images at once: ${mostAtOnce} at a time, their gradients added up`;
    const exception = hasBatchNorm(this.parts.compiled) ? `; BATCH NORM's statistics are those of ${mostAtOnce}` : '';
    this.#server.emit('run.plan', { ...this.#plan, deviceNote: `${deviceNote}; ${parts}${exception}` });
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
    this.#recorder?.append(
      ...losses.map(
        (loss, i) => ({ event: 'step', step: first + i, loss, accuracy: accuracies[i] as number }) as const,
      ),
    );
  }

  async #goOn(): Promise<boolean> {
    if (this.#stopping) return false;
    if (this.#status === 'pausing') {
      this.#flush();
      this.#setStatus('paused');
      await this.#sendPictures();
      if (this.step > 0) await this.#save();
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
    const longAgo = now - this.#savedAt >= SAVING_EVERY;
    if (longAgo && this.#spent.saving <= SAVING_SHARE * this.#spent.training) await this.#save();
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
      this.#server.emit('run.filters', { step: this.step, banks });
    }
    if (this.#watch.activations !== null) await this.#sendActivations(this.#watch.activations);
    this.#spent.pictures += performance.now() - begin;
  }

  async #sendActivations(sample: number): Promise<void> {
    const { set, split, classes, trainer, compiled } = this.parts;
    const at = split.validate.begin + sample;
    if (at >= split.validate.end) return;
    const batch = new Batcher(set, classes).fill(Uint32Array.of(at), 0, 1);
    const where = { step: this.step, sample, label: set.labels[at] ?? 0 };
    this.#server.emit('run.activations', await activationMaps(trainer, compiled.report, batch, where));
  }

  async #save(): Promise<void> {
    if (this.#recorder === undefined) return;
    const begin = performance.now();
    const { position, trainer, folder } = this.parts;
    this.#flush();
    const { step } = position;
    if (await this.#recorder.save({ position, values: await trainer.state() })) {
      this.#server.emit('run.saved', { step, path: folder?.checkpoint ?? '' });
    }
    this.#savedAt = performance.now();
    this.#spent.saving += this.#savedAt - begin;
  }

  #tell(fault: string): void {
    this.#fault = fault;
    this.#server.emit('run.status', { status: this.#status, message: fault, diverged: false });
  }

  #setStatus(status: RunStatus, message = '', diverged = false): void {
    this.#status = status;
    const words = [message, this.#fault].filter((text) => text !== '').join(' ');
    this.#server.emit('run.status', { status, message: words, diverged });
  }
}

function hasBatchNorm({ report }: CompiledDesign): boolean {
  return [...report.layers.values()].some(({ layer }) => layer.kind === 'BatchNormalization');
}
