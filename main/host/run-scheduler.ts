import { CallError, type EventName, type PayloadOf } from '#contract/define.ts';
import type { DataSource, EngineContract, TrainedWeights } from '#contract/engine.ts';
import type { DeviceChoice, RunId, RunStatus, Trial, Watch } from '#contract/schemas.ts';
import type { Page } from './page.ts';
import type { Pages } from './pages.ts';
import type { RunList } from './run-list.ts';
import { RunRecord } from './run-record.ts';
import type { TrainingProcess } from './training-process.ts';

type Events = { readonly [N in EventName<EngineContract>]: (payload: PayloadOf<EngineContract, N>) => void };

/** What a run is to train. */
export interface RunRequest {
  readonly text: string;
  readonly design: RunRecord['parts']['design'];
  readonly source: DataSource;
  readonly data: string;
  readonly device: DeviceChoice;
}

/** How a run that waits for its turn is begun. */
interface Queued {
  readonly record: RunRecord;
  begin(): Promise<void>;
}

/**
 * Decides which run the training process works on: one at a time, the others wait in the order in which they were
 * started. What the process reports goes into the run's record and to the pages that follow it.
 */
export class RunScheduler {
  readonly #list: RunList;
  readonly #pages: Pages;
  readonly #training: TrainingProcess;
  readonly #trials: () => Promise<Trial[]>;
  readonly #queue: Queued[] = [];
  #active: RunRecord | undefined;
  /** The run that the training process holds: the active one, or the one that ended last. */
  #held: RunId | undefined;

  constructor(given: {
    readonly list: RunList;
    readonly pages: Pages;
    readonly training: TrainingProcess;
    readonly trials: () => Promise<Trial[]>;
  }) {
    this.#list = given.list;
    this.#pages = given.pages;
    this.#training = given.training;
    this.#trials = given.trials;
  }

  /** What the training process reports of runs. */
  readonly events: Omit<Events, 'data.progress'> = {
    'run.status': ({ run, status, message, diverged }) => this.#onStatus(run, status, message, diverged),
    'run.plan': ({ run, plan }) =>
      this.#with(run, (record) => {
        record.setPlan(plan);
        this.#pages.publishTo(run, 'runs.plan', { run, plan });
        this.#changed(record);
      }),
    'run.steps': ({ run, ...metrics }) =>
      this.#with(run, (record) => {
        record.addSteps(metrics);
        this.#pages.publishTo(run, 'runs.steps', { run, ranFor: record.ranFor, ...metrics });
      }),
    'run.epoch': ({ run, ...metrics }) =>
      this.#with(run, (record) => {
        record.addEpoch(metrics);
        this.#pages.publishTo(run, 'runs.epoch', { run, ...metrics });
        this.#changed(record);
      }),
    'run.filters': (images) => this.#pages.publishTo(images.run, 'runs.filters', images),
    'run.activations': (maps) => this.#pages.publishActivations(maps.run, maps),
    'run.saved': ({ run, path, step }) =>
      this.#with(run, (record) => {
        record.setSaved({ path, step });
        this.#changed(record);
        this.#next();
      }),
  };

  /** Begins a run, or queues it behind the one under way. */
  async start(request: RunRequest): Promise<RunId> {
    const place = this.#list.place();
    const { text, design, data, device } = request;
    const record = new RunRecord({ ...place, text, design, data, device, startedAt: Date.now() });
    this.#list.add(record);
    this.#enqueue({ record, begin: () => this.#begin(record, request) });
    return record.id;
  }

  /** Goes on with a run: after a pause, or from its latest checkpoint where it had ended. */
  async resume(id: RunId): Promise<void> {
    const record = await this.#list.find(id);
    if (record.status === 'paused' || record.status === 'pausing') {
      await this.#training.call('run.resume', { run: id });
      return;
    }
    if (!record.canResume) throw new CallError('refused', 'This run cannot go on: press Train to start a new one.');
    this.#enqueue({ record, begin: () => this.#continue(record) });
  }

  async pause(id: RunId): Promise<void> {
    if (this.#active?.id === id) await this.#training.call('run.pause', { run: id });
  }

  /** Stops a run after the step under way; one that waits leaves the queue. */
  async stop(id: RunId): Promise<void> {
    const at = this.#queue.findIndex(({ record }) => record.id === id);
    const [waiting] = at === -1 ? [] : this.#queue.splice(at, 1);
    if (waiting !== undefined) this.#setStatus(waiting.record, 'stopped', '');
    else if (this.#active?.id !== id) return;
    else if (this.#held === id) await this.#training.call('run.stop', { run: id });
    else this.#ended(this.#active, 'stopped', '');
  }

  async delete(id: RunId): Promise<void> {
    const record = await this.#list.find(id);
    if (record.isUnderWay) throw new CallError('refused', 'This run is under way: stop it before you delete it.');
    if (id === this.#held) {
      this.#held = undefined;
      if (this.#training.alive) await this.#training.call('run.discard', { run: id });
    }
    await this.#list.delete(id);
    this.#pages.publish('runs.deleted', { run: id });
    this.#next();
  }

  async watch(id: RunId, watch: Watch, page: Page): Promise<void> {
    page.watch(id, watch);
    await this.updateWatch(id);
  }

  /** Tells the training process what the pages together want to see of a run. */
  async updateWatch(id: RunId | undefined = this.#held): Promise<void> {
    // Nothing is shown of runs that the process does not hold; it need not be started for looking.
    if (id === undefined || id !== this.#held || !this.#training.alive) return;
    await this.#training.call('run.watch', { run: id, ...this.#pages.watchOf(id) });
  }

  /** Where a run's weights are: in the training process, or in its checkpoint; undefined where it has none. */
  weightsOf(record: RunRecord): TrainedWeights | undefined {
    const { id, parts, saved, step } = record;
    if (id === this.#held && this.#training.alive && step > 0) return { type: 'run', run: id };
    return saved && { type: 'checkpoint', path: saved.path, design: parts.text, steps: saved.step };
  }

  /** Steps that the weights of a run were trained for: those of its checkpoint where the process does not hold it. */
  trainedSteps(record: RunRecord): number {
    return this.weightsOf(record)?.type === 'run' ? record.step : (record.saved?.step ?? 0);
  }

  /** The training process ended on its own. */
  onTrainingEnded(reason: string): void {
    const record = this.#active;
    this.#held = undefined;
    if (record === undefined) {
      this.#next();
      return;
    }
    const kept =
      record.saved === undefined
        ? 'No epoch was finished, so no weights were saved. The design is safe; press Train to start again.'
        : `Press Resume to go on from step ${record.saved.step}, of which there is a checkpoint (${record.saved.path}); it can be exported, too.`;
    this.#ended(record, 'failed', `${reason} ${kept}`);
  }

  #enqueue(queued: Queued): void {
    this.#queue.push(queued);
    const unsaved = this.#unsaved();
    const reason =
      unsaved === undefined
        ? ''
        : `The weights of ${unsaved.parts.design.name} could not be written yet, and would be lost. Make room on the disk, or delete that run.`;
    this.#setStatus(queued.record, 'queued', reason);
    this.#next();
  }

  /** The run that ended with weights which only the training process has: the next one would take their place. */
  #unsaved(): RunRecord | undefined {
    const record = this.#held === undefined ? undefined : this.#list.get(this.#held);
    if (record === undefined || !this.#training.alive) return undefined;
    const isDone = record.status === 'finished' || record.status === 'stopped';
    return isDone && record.step > (record.saved?.step ?? 0) ? record : undefined;
  }

  /** Begins the run that has waited longest, unless one is under way or has to be saved first. */
  #next(): void {
    if (this.#active !== undefined || this.#unsaved() !== undefined) return;
    const queued = this.#queue.shift();
    if (queued === undefined) return;
    const { record, begin } = queued;
    this.#active = record;
    this.#setStatus(record, 'preparing', '');
    begin().catch((error: unknown) => {
      if (this.#active === record)
        this.#ended(record, 'failed', error instanceof Error ? error.message : String(error));
    });
  }

  async #begin(record: RunRecord, { text, source, device }: RunRequest): Promise<void> {
    const trials = device === 'cpu' ? undefined : await this.#trials();
    if (this.#active !== record) return; // stopped meanwhile
    const { id: run, folder } = record.parts;
    this.#held = run;
    await this.updateWatch(run);
    await this.#training.call('run.start', {
      run,
      design: text,
      source,
      ranges: {},
      device,
      ...(trials && { trials }),
      folder,
    });
  }

  async #continue(record: RunRecord): Promise<void> {
    const { id: run, folder } = record.parts;
    const { device } = await this.#training.call('run.inspect', { folder });
    const trials = device === 'cpu' ? undefined : await this.#trials();
    if (this.#active !== record) return; // stopped meanwhile
    this.#held = run;
    await this.updateWatch(run);
    await this.#training.call('run.continue', { run, folder, ...(trials && { trials }) });
  }

  #onStatus(run: RunId, status: RunStatus, message: string, diverged: boolean): void {
    this.#with(run, (record) => {
      if (status === 'finished' || status === 'stopped' || status === 'failed') {
        this.#ended(record, status, message, diverged);
      } else this.#setStatus(record, status, message);
    });
  }

  #ended(record: RunRecord, status: RunStatus, message: string, diverged = false): void {
    this.#setStatus(record, status, message, diverged);
    void record.measure().then(() => this.#changed(record));
    if (this.#active !== record) return;
    this.#active = undefined;
    this.#next();
  }

  #setStatus(record: RunRecord, status: RunStatus, message: string, diverged = false): void {
    record.setStatus(status, message, diverged);
    this.#changed(record);
  }

  #changed(record: RunRecord): void {
    this.#pages.publish('runs.changed', record.entry());
  }

  /** Does something with the run that the training process speaks of: always the one that is under way, or ended last. */
  #with(run: RunId, work: (record: RunRecord) => void): void {
    const record = this.#list.get(run);
    if (record !== undefined) work(record);
  }
}
