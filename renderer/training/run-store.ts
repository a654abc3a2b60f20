import { create } from 'zustand';
import type { RunEntry, RunSnapshot } from '#contract/app/index.ts';
import {
  type ActivationMaps,
  type DataInfo,
  type Device,
  type DeviceChoice,
  type EpochMetrics,
  type FilterBank,
  isTraining,
  isUnderWay,
  type RunId,
  type RunPlan,
  type RunStatus,
  type Watch,
} from '#contract/schemas.ts';
import { formatDesign } from '#core/project/design-file.ts';
import { StepHistory } from '#core/training/history.ts';
import type { Main } from '../connection/main.ts';
import { dataOf } from '../data/data-store.ts';
import { useDocument } from '../document/store.ts';
import { attempt, notify } from '../ui/notices.ts';

interface RunState {
  /** All runs, the latest first. */
  readonly runs: readonly RunEntry[];
  /** The run that is shown: one of the design's; none as long as it was never trained. */
  readonly shown: RunId | undefined;
  readonly plan: RunPlan | undefined;
  /** Steps done. */
  readonly step: number;
  readonly loss: number | undefined;
  /** Milliseconds spent training up to `since`; `since` is when it last began to run. */
  readonly ranFor: number;
  readonly since: number | undefined;
  readonly epochs: readonly EpochMetrics[];
  readonly filters: { readonly step: number; readonly banks: readonly FilterBank[] } | undefined;
  readonly activations: ActivationMaps | undefined;
  /** What the run that is shown was trained on; none as long as nobody looked. */
  readonly runData: DataInfo | undefined;
  readonly devices: readonly Device[];
  readonly device: DeviceChoice;
}

/** What is known of a run before anything was heard of it. */
const NOTHING_YET = {
  plan: undefined,
  step: 0,
  loss: undefined,
  ranFor: 0,
  since: undefined,
  epochs: [],
  filters: undefined,
  activations: undefined,
  runData: undefined,
} as const satisfies Partial<RunState>;

export const useRun = create<RunState>()(() => ({
  ...NOTHING_YET,
  runs: [],
  shown: undefined,
  devices: [],
  device: 'auto',
}));

/** The entry of the run that is shown. */
export function shownRun({ runs, shown }: Pick<RunState, 'runs' | 'shown'>): RunEntry | undefined {
  return shown === undefined ? undefined : runs.find(({ id }) => id === shown);
}

/** What the run that is shown does; `ready` where there is none. */
export function shownStatus(state: Pick<RunState, 'runs' | 'shown'>): RunStatus | 'ready' {
  return shownRun(state)?.status ?? 'ready';
}

/** Another design's run that is under way or waits, where there is one. */
export function otherRun({ runs, shown }: Pick<RunState, 'runs' | 'shown'>): RunEntry | undefined {
  const others = runs.filter(({ id, status }) => id !== shown && isUnderWay(status));
  return others.find(({ status }) => status !== 'queued') ?? others.at(-1);
}

/** Whether a run is under way, so that a second cannot be started. */
export function isActive(status: RunStatus | 'ready'): boolean {
  return status !== 'ready' && isUnderWay(status);
}

/** Milliseconds spent training until now. */
export function elapsed({ ranFor, since }: Pick<RunState, 'ranFor' | 'since'>): number {
  return ranFor + (since === undefined ? 0 : Date.now() - since);
}

/** The page's side of training: keeps what main publishes, and asks main for what the user wants. */
export class Training {
  readonly #main: Main;
  /** Losses of the shown run's steps. Charts are handed this; it is no state, or every step would draw the page. */
  history = new StepHistory();
  #watch: Watch = { filters: false, activations: null };
  #begun = false;

  constructor(main: Main) {
    this.#main = main;
    main.on('runs.changed', (entry) => this.#onChanged(entry));
    main.on('runs.deleted', ({ run }) => {
      useRun.setState(({ runs }) => ({ runs: runs.filter(({ id }) => id !== run) }));
      if (useRun.getState().shown === run) void this.#showLatest();
    });
    main.on('runs.plan', ({ run, plan }) => this.#ifShown(run, () => useRun.setState({ plan })));
    main.on('runs.steps', ({ run, ranFor, ...metrics }) =>
      this.#ifShown(run, () => {
        // Steps are missing: this page heard of the run too late, or missed some. All of it once more.
        if (!this.history.append(metrics)) void attempt(() => this.#follow(run));
        else useRun.setState({ step: this.history.count, loss: metrics.losses.at(-1), ranFor, since: Date.now() });
      }),
    );
    main.on('runs.epoch', ({ run, ...metrics }) =>
      this.#ifShown(run, () =>
        // A run that goes on from a checkpoint computes some epochs a second time, with the same results.
        useRun.setState(({ epochs }) =>
          metrics.epoch <= (epochs.at(-1)?.epoch ?? 0) ? {} : { epochs: [...epochs, metrics] },
        ),
      ),
    );
    main.on('runs.filters', ({ run, ...filters }) => this.#ifShown(run, () => useRun.setState({ filters })));
    main.on('runs.activations', ({ run, ...activations }) =>
      this.#ifShown(run, () => useRun.setState({ activations })),
    );
    useDocument.subscribe(({ design }, before) => {
      if (design.id !== before.design.id) void this.#showLatest();
    });
  }

  /** Learns which runs there are, and shows the latest of the design. */
  async begin(): Promise<void> {
    useRun.setState({ runs: await this.#main.call('runs.list', {}) });
    this.#begun = true;
    await this.#showLatest();
    useRun.setState({ devices: await this.#main.call('devices.list', {}) });
  }

  /** Shows a run's curves, filters and activation maps. */
  async show(run: RunId | undefined): Promise<void> {
    const before = useRun.getState().shown;
    if (run === before) return;
    this.history = new StepHistory();
    useRun.setState({ ...NOTHING_YET, shown: run });
    if (before !== undefined) void this.#main.call('runs.unfollow', { run: before }).catch(() => undefined);
    if (run !== undefined) await attempt(() => this.#follow(run));
  }

  /** Starts to train the design as it is now. */
  async start(): Promise<void> {
    const { design } = useDocument.getState();
    const { device } = useRun.getState();
    const started = await attempt(() =>
      this.#main.call('runs.start', { design: formatDesign(design), data: dataOf(design), device }),
    );
    if (started !== undefined) await this.show(started.run);
  }

  pause(): Promise<void> {
    return this.#ask('runs.pause');
  }

  /** Goes on after a pause; or, with a run that ended before it was done, from its latest checkpoint. */
  resume(): Promise<void> {
    return this.#ask('runs.resume');
  }

  stop(): Promise<void> {
    return this.#ask('runs.stop');
  }

  async delete(run: RunId): Promise<void> {
    await attempt(() => this.#main.call('runs.delete', { run }));
  }

  /** Says which images this page shows, so that no others are made. */
  watch(wanted: Partial<Watch>): void {
    this.#watch = { ...this.#watch, ...wanted };
    const { shown } = useRun.getState();
    if (shown !== undefined) void this.#main.call('runs.watch', { run: shown, ...this.#watch }).catch(() => undefined);
  }

  /** Learns what the shown run was trained on. */
  async readData(): Promise<void> {
    const { shown, runData } = useRun.getState();
    if (shown === undefined || runData !== undefined) return;
    const info = await this.#main.call('runs.data', { run: shown });
    if (useRun.getState().shown === shown) useRun.setState({ runData: info });
  }

  /** Takes a run as it is now; what happens from here on arrives as events. */
  async #follow(run: RunId): Promise<void> {
    const snapshot = await this.#main.call('runs.follow', { run });
    if (useRun.getState().shown !== run) return;
    this.#take(snapshot);
    await this.#main.call('runs.watch', { run, ...this.#watch });
  }

  #take({ entry, plan, ranFor, steps, epochs }: RunSnapshot): void {
    this.history = StepHistory.from(steps);
    this.#remember(entry);
    useRun.setState({
      plan,
      step: steps.count,
      loss: steps.losses.at(-1),
      ranFor,
      since: isTraining(entry.status) ? Date.now() : undefined,
      epochs,
    });
  }

  #onChanged(entry: RunEntry): void {
    this.#remember(entry);
    const { shown } = useRun.getState();
    if (shown === entry.id) {
      if (!isTraining(entry.status)) useRun.setState((state) => ({ ranFor: elapsed(state), since: undefined }));
      if (entry.status === 'failed' && entry.step === 0) this.#fellThrough(entry);
    } else if (this.#begun && this.#isNewest(entry)) void this.show(entry.id);
  }

  /** A run failed before its first step: what was shown before is worth more than its empty curves. */
  #fellThrough({ id, message }: RunEntry): void {
    const before = this.#ownRuns().find((entry) => entry.id !== id && entry.step > 0);
    if (before === undefined) return;
    notify('error', message);
    void this.show(before.id);
  }

  /** Whether a run is the latest of the design on the canvas: one that another page started is shown here, too. */
  #isNewest({ id, design }: RunEntry): boolean {
    return design.id !== undefined && this.#latest()?.id === id && design.id === useDocument.getState().design.id;
  }

  /** The runs of the design on the canvas, the latest first. */
  #ownRuns(): readonly RunEntry[] {
    const { design } = useDocument.getState();
    const own = useRun.getState().runs.filter((entry) => entry.design.id === design.id);
    return own.toSorted((a, b) => b.startedAt - a.startedAt);
  }

  /** The latest run of the design; one that failed before its first step only where there is no other. */
  #latest(): RunEntry | undefined {
    const own = this.#ownRuns();
    return own.find(({ status, step }) => step > 0 || isUnderWay(status)) ?? own[0];
  }

  async #showLatest(): Promise<void> {
    await this.show(this.#latest()?.id);
  }

  #remember(entry: RunEntry): void {
    useRun.setState(({ runs }) => {
      const known = runs.some(({ id }) => id === entry.id);
      return { runs: known ? runs.map((one) => (one.id === entry.id ? entry : one)) : [entry, ...runs] };
    });
  }

  #ifShown(run: RunId, work: () => void): void {
    if (useRun.getState().shown === run) work();
  }

  async #ask(name: 'runs.pause' | 'runs.resume' | 'runs.stop'): Promise<void> {
    const { shown } = useRun.getState();
    if (shown !== undefined) await attempt(() => this.#main.call(name, { run: shown }));
  }
}
