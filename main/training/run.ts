import { setTimeout } from 'node:timers/promises';
import type { EngineContract, EngineWatch } from '#contract/engine.ts';
import {
  type EpochMetrics,
  isTraining,
  isUnderWay,
  type RunId,
  type RunPlan,
  type RunStatus,
} from '#contract/schemas.ts';
import type { Server } from '#contract/serve.ts';
import { Batcher } from '../datasets/batches.ts';
import type { ImageSet, Split } from '../datasets/image-set.ts';
import { RunHistory } from '../runs/history.ts';
import type { Metric } from '../runs/metrics.ts';
import { Recorder } from '../runs/recorder.ts';
import { RunFolder, type RunInfo } from '../runs/run-folder.ts';
import { writeRun } from '../runs/write-run.ts';
import { BatchNormError } from './batch-norm.ts';
import type { CompiledDesign } from './compiled-design.ts';
import { DivergedError, type Ending, plannedSteps, stepsPerEpoch, trainLoop } from './loop.ts';
import { activationMaps, convLayers, filterBanks } from './pictures.ts';
import type { Position } from './position.ts';
import { Saving } from './saving.ts';
import type { NamedValues } from './states.ts';
import type { StepResult, Trainer } from './trainer.ts';

export interface RunParts {
  readonly id: RunId;
  readonly compiled: CompiledDesign;
  readonly set: ImageSet;
  readonly split: Split;
  readonly classes: number;
  readonly trainer: Trainer;
  readonly device: { readonly name: string; readonly note: string };
  /** What may not be meant as it is, in sentences. */
  readonly warnings: readonly string[];
  readonly steps?: number;
  /** Where it begins, or goes on. */
  readonly position: Position;
  /** What its folder says of it. */
  readonly info: () => RunInfo;
  /** What was trained before, where it goes on. */
  readonly history?: RunHistory;
  /** Where its metrics and checkpoints go. */
  readonly folder?: RunFolder;
}

/** Milliseconds between two batches of metrics: about 30 a second. */
const METRICS_EVERY = 33;
/** Milliseconds between two sets of pictures, and the most of the run's time that they may take. */
const PICTURES_EVERY = 350;
const PICTURES_SHARE = 0.04;
/** Milliseconds between two tries to write what is left when a run has ended. */
const SETTLING_EVERY = 5000;

/** One run under way: it can be paused and stopped between two steps, and streams what happens. */
export class Run {
  readonly parts: RunParts;
  readonly #server: Pick<Server<EngineContract>, 'emit'>;
  #status: RunStatus = 'preparing';
  #resume: (() => void) | undefined;
  #isStarted = false;
  /** Whether the weights are those of a step: not where one failed in its middle. */
  #isSound = true;
  #stopping = false;
  readonly #recorder: Recorder | undefined;
  readonly #saving: Saving | undefined;
  readonly #history: RunHistory;
  /** What waits for the moment between two steps. */
  readonly #errands: (() => Promise<void>)[] = [];
  /** Ends what is still tried after the run has ended. */
  readonly #disposal = new AbortController();
  /** Resolves when nothing more is written to the folder. */
  #settled: Promise<void> = Promise.resolve();
  /** The weights of the epoch with the lowest validation loss, where they are wanted and no folder keeps them. */
  #best: NamedValues | undefined;
  #plan: RunPlan | undefined;
  #mostAtOnce: number | undefined;
  #pending: { first: number; losses: number[]; accuracies: number[] };
  /** What cannot be written at the moment. */
  #trouble = '';
  #flushedAt = 0;
  #watch: EngineWatch = { filters: false, activations: [] };
  #picturesAt = Number.NEGATIVE_INFINITY;
  #spent = { training: 0, pictures: 0 };
  /** When the steps since the last look began; undefined while nothing is trained. */
  #trainingFrom: number | undefined;
  #ended: Promise<void> = Promise.resolve();

  constructor(parts: RunParts, server: Pick<Server<EngineContract>, 'emit'>) {
    this.parts = parts;
    this.#server = server;
    this.#pending = { first: parts.position.step + 1, losses: [], accuracies: [] };
    this.#history = parts.history ?? new RunHistory();
    const { compiled, folder, position, trainer } = parts;
    this.#recorder =
      folder &&
      new Recorder(folder, () => ({ info: parts.info(), design: compiled.text, history: this.#history }), {
        onTrouble: (message) => {
          this.#trouble = message;
          this.#say(message);
        },
        onRecovery: (message) => {
          this.#trouble = '';
          this.#say(message);
        },
      });
    this.#saving =
      this.#recorder &&
      new Saving(
        this.#recorder,
        async () => ({ position, values: await trainer.state() }),
        (step) => server.emit('run.saved', { run: parts.id, step, path: folder?.checkpoint ?? '' }),
      );
  }

  /** Steps done so far. */
  get step(): number {
    return this.parts.position.step;
  }

  start(): void {
    this.#isStarted = true;
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

  async watch(wanted: EngineWatch): Promise<void> {
    this.#watch = wanted;
    // While steps run, the loop sends pictures between two of them; otherwise nobody else would.
    if (!isTraining(this.#status)) await this.#sendPictures();
  }

  /**
   * Writes the run as it is between two steps as a new run's folder: for when its own cannot be written.
   *
   * @returns steps done
   * @throws where that folder cannot be written either, or holds a run
   */
  saveAs(path: string): Promise<number> {
    return this.#betweenSteps(async () => {
      if (!this.#isSound) {
        throw new Error(
          'The run failed in the middle of a step, so its weights belong to no step. Go on from its last checkpoint.',
        );
      }
      const { compiled, info, position, trainer } = this.parts;
      this.#flush();
      const best = compiled.design.training.restoreBest ? await this.#bestWeights() : undefined;
      const checkpoint = { position, values: await trainer.state() };
      const run = { info: info(), design: compiled.text, history: this.#history, checkpoint, ...(best && { best }) };
      await writeRun(new RunFolder(path), run);
      return this.step;
    });
  }

  async dispose(): Promise<void> {
    const { folder, history, trainer } = this.parts;
    const isStarted = this.#isStarted;
    await this.stop();
    this.#disposal.abort();
    await this.#settled;
    // A run that was called off before it began leaves nothing; one that was to go on stays as it was.
    if (!isStarted) await (history === undefined ? folder?.discard() : folder?.release());
    await trainer.dispose();
  }

  async #run(): Promise<void> {
    const { id, compiled, set, split, trainer, classes, device, steps, position, warnings } = this.parts;
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
      warnings,
    };
    this.#plan = plan;
    this.#server.emit('run.plan', { run: id, plan });
    this.#record({ event: 'plan', ...plan });
    if (position.step > 0) this.#record({ event: 'resume', step: position.step, at: new Date().toISOString() });
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
    const lost = status === 'finished' ? await this.#restoreBest() : '';
    await this.#sendPictures();
    if (this.step > 0) await this.#save();
    await this.#end(status, status, [message, lost].filter((text) => text !== '').join(' '));
  }

  async #fail(error: unknown): Promise<void> {
    this.#flush();
    const message = error instanceof Error ? error.message : String(error);
    const diverged = error instanceof DivergedError;
    // What the trainer holds is then what was there before the step that went wrong.
    this.#isSound = diverged || error instanceof BatchNormError;
    if (this.#isSound && this.step > 0) await this.#save();
    await this.#end('failed', diverged ? 'diverged' : 'failed', message);
  }

  async #end(status: RunStatus, event: 'finished' | 'stopped' | 'failed' | 'diverged', message: string): Promise<void> {
    this.#record({ event: 'end', status: event, message });
    const isFlushed = await this.#recorder?.flush();
    if (isFlushed === false || (this.#isSound && this.#saving?.isBehind)) this.#settled = this.#settle();
    else await this.#recorder?.close();
    this.#setStatus(status, message, event === 'diverged');
    await this.#runErrands();
  }

  /** Keeps trying to write what could not be written; then others may have the folder. */
  async #settle(): Promise<void> {
    const { signal } = this.#disposal;
    if (this.#isSound) await this.#saving?.catchUp(signal);
    while (!signal.aborted && (await this.#recorder?.flush()) === false) {
      await setTimeout(SETTLING_EVERY, undefined, { signal, ref: false }).catch(() => undefined);
    }
    await this.#recorder?.close();
  }

  #record(...metrics: readonly Metric[]): void {
    for (const metric of metrics) this.#history.add(metric);
    this.#recorder?.append(...metrics);
  }

  /** Does something at the next moment at which weights and position belong together. */
  #betweenSteps<T>(work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#errands.push(() => work().then(resolve, reject));
      if (!isTraining(this.#status)) void this.#runErrands();
    });
  }

  async #runErrands(): Promise<void> {
    for (let errand = this.#errands.shift(); errand !== undefined; errand = this.#errands.shift()) await errand();
  }

  async #onEpoch(metrics: EpochMetrics, lowest: boolean): Promise<void> {
    this.#flush();
    this.#server.emit('run.epoch', { run: this.parts.id, ...metrics });
    this.#record({ event: 'epoch', ...metrics });
    if (lowest && this.parts.compiled.design.training.restoreBest) {
      const values = await this.parts.trainer.values();
      if (this.#recorder === undefined) this.#best = values;
      else await this.#recorder.saveBest(values);
    }
    if (this.#saving?.hasTime(this.#spent.training)) await this.#save();
  }

  /** @returns what is to be said of it; '' where nothing is */
  async #restoreBest(): Promise<string> {
    const { compiled, position, trainer } = this.parts;
    if (!compiled.design.training.restoreBest || position.best.resting === 0) return '';
    const best = await this.#bestWeights();
    if (best === undefined) {
      return `The weights of epoch ${position.best.epoch}, the best, were deleted from the run's folder; those of the last epoch are kept.`;
    }
    await trainer.replace(best);
    return '';
  }

  async #bestWeights(): Promise<NamedValues | undefined> {
    return this.#best ?? (await this.#recorder?.best());
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
    const plan = { ...this.#plan, deviceNote: `${deviceNote}; ${parts}${exception}` };
    this.#server.emit('run.plan', { run: this.parts.id, plan });
  }

  #flush(): void {
    const { first, losses, accuracies } = this.#pending;
    this.#flushedAt = performance.now();
    if (losses.length === 0) return;
    this.#pending = { first: first + losses.length, losses: [], accuracies: [] };
    this.#server.emit('run.steps', {
      run: this.parts.id,
      first,
      every: 1,
      losses: Float32Array.from(losses),
      accuracies: Float32Array.from(accuracies),
    });
    this.#record(
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
      await this.#runErrands();
      // `resume` may have come while the pictures were made.
      if (this.#isPaused()) await this.#waitForResume();
      this.#trainingFrom = undefined;
    }
    await this.#runErrands();
    const now = performance.now();
    this.#spent.training += this.#trainingFrom === undefined ? 0 : now - this.#trainingFrom;
    const due = now - this.#picturesAt >= PICTURES_EVERY;
    if (due && this.#spent.pictures <= PICTURES_SHARE * this.#spent.training) await this.#sendPictures();
    if (this.#saving?.isDue(this.#spent.training)) await this.#save();
    this.#trainingFrom = performance.now();
    return !this.#stopping;
  }

  /** Waits; a checkpoint that could not be written is tried again meanwhile. */
  async #waitForResume(): Promise<void> {
    const waiting = new AbortController();
    const saved = this.#saving?.catchUp(waiting.signal);
    await new Promise<void>((resolve) => {
      this.#resume = resolve;
    });
    this.#resume = undefined;
    waiting.abort();
    await saved;
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
      this.#server.emit('run.filters', { run: this.parts.id, step: this.step, banks });
    }
    for (const sample of this.#watch.activations) await this.#sendActivations(sample);
    this.#spent.pictures += performance.now() - begin;
  }

  async #sendActivations(sample: number): Promise<void> {
    const { set, split, classes, trainer, compiled } = this.parts;
    const at = split.validate.begin + sample;
    if (at >= split.validate.end) return;
    const batch = new Batcher(set, classes).fill(Uint32Array.of(at), 0, 1);
    const where = { step: this.step, sample, label: set.labels[at] ?? 0 };
    const maps = await activationMaps(trainer, compiled.report, batch, where);
    this.#server.emit('run.activations', { run: this.parts.id, ...maps });
  }

  async #save(): Promise<void> {
    this.#flush();
    await this.#saving?.save();
  }

  /** Says something of a run whose status stays as it is. */
  #say(message: string): void {
    this.#server.emit('run.status', { run: this.parts.id, status: this.#status, message, diverged: false });
  }

  #setStatus(status: RunStatus, message = '', diverged = false): void {
    this.#status = status;
    const words = [message, this.#trouble].filter((text) => text !== '').join(' ');
    this.#server.emit('run.status', { run: this.parts.id, status, message: words, diverged });
  }
}

function hasBatchNorm({ report }: CompiledDesign): boolean {
  return [...report.layers.values()].some(({ layer }) => layer.kind === 'BatchNormalization');
}
