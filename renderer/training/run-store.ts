import { create } from 'zustand';
import type { AppContract, DataSet } from '#contract/app.ts';
import type { InputOf } from '#contract/define.ts';
import {
  type ActivationMaps,
  type DataInfo,
  type Device,
  type DeviceChoice,
  type EpochMetrics,
  type FilterBank,
  isTraining,
  isUnderWay,
  type RunPlan,
  type RunStatus,
} from '#contract/schemas.ts';
import { formatDesign } from '#core/project/design-file.ts';
import { StepHistory } from '#core/training/history.ts';
import type { Main } from '../connection/main.ts';
import { useDocument } from '../document/store.ts';
import { attempt } from '../ui/notices.ts';

interface RunState {
  readonly status: RunStatus | 'ready';
  /** Why a run failed. */
  readonly message: string;
  /** Whether a run that ended can go on from a checkpoint. */
  readonly canContinue: boolean;
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
  readonly dataSets: readonly DataSet[];
  readonly data: string;
  readonly dataInfo: DataInfo | undefined;
  readonly dataFault: string;
  /** Pictures read so far, while a folder is read. */
  readonly dataProgress: { readonly done: number; readonly total: number } | undefined;
  readonly devices: readonly Device[];
  readonly device: DeviceChoice;
}

/** What is known of a run before it begins. */
const NOTHING_YET = {
  message: '',
  canContinue: false,
  plan: undefined,
  step: 0,
  loss: undefined,
  ranFor: 0,
  since: undefined,
  epochs: [],
  filters: undefined,
  activations: undefined,
} as const satisfies Partial<RunState>;

export const useRun = create<RunState>()(() => ({
  ...NOTHING_YET,
  status: 'ready',
  dataSets: [],
  data: 'digits',
  dataInfo: undefined,
  dataFault: '',
  dataProgress: undefined,
  devices: [],
  device: 'auto',
}));

/** Whether a run is under way, so that a second cannot be started. */
export function isActive(status: RunState['status']): boolean {
  return status !== 'ready' && isUnderWay(status);
}

/** Milliseconds spent training until now. */
export function elapsed({ ranFor, since }: Pick<RunState, 'ranFor' | 'since'>): number {
  return ranFor + (since === undefined ? 0 : Date.now() - since);
}

/** The page's side of training: keeps what main tells, and asks main for what the user wants. */
export class Training {
  readonly #main: Main;
  /** Losses of the run's steps. Charts are handed this; it is no state, or every step would draw the page. */
  history = new StepHistory();
  #watch: InputOf<AppContract, 'run.watch'> = { filters: false, activations: null };

  constructor(main: Main) {
    this.#main = main;
    main.on('run.status', ({ status, message, ranFor, canContinue }) => {
      const since = isTraining(status) ? Date.now() : undefined;
      useRun.setState({ status, message, ranFor, since, canContinue });
    });
    main.on('run.plan', (plan) => useRun.setState({ plan }));
    main.on('run.steps', (metrics) => {
      this.history.append(metrics);
      useRun.setState({ step: this.history.count, loss: metrics.losses.at(-1) });
    });
    main.on('run.epoch', (metrics) =>
      // A run that goes on from a checkpoint computes some epochs a second time, with the same results.
      useRun.setState(({ epochs }) =>
        metrics.epoch <= (epochs.at(-1)?.epoch ?? 0) ? {} : { epochs: [...epochs, metrics] },
      ),
    );
    main.on('data.progress', (dataProgress) => useRun.setState({ dataProgress }));
    main.on('run.filters', (filters) => useRun.setState({ filters }));
    main.on('run.activations', (activations) => useRun.setState({ activations }));
  }

  /** Catches up with a run that began before this page was opened, and learns what there is to train on. */
  async begin(): Promise<void> {
    const run = await this.#main.call('run.snapshot', {});
    if (run !== null) {
      this.history.append(run.steps);
      useRun.setState({
        status: run.status,
        message: run.message,
        plan: run.plan,
        step: this.history.count,
        loss: run.steps.losses.at(-1),
        ranFor: run.ranFor,
        since: run.status === 'running' ? Date.now() : undefined,
        epochs: run.epochs,
        canContinue: run.canContinue,
      });
    }
    useRun.setState({ dataSets: await this.#main.call('data.list', {}) });
    await this.chooseData(useRun.getState().data);
    useRun.setState({ devices: await this.#main.call('devices.list', {}) });
  }

  async chooseData(id: string): Promise<void> {
    useRun.setState({ data: id, dataInfo: undefined, dataFault: '', dataProgress: undefined });
    try {
      const dataInfo = await this.#main.call('data.describe', { id });
      if (useRun.getState().data === id) useRun.setState({ dataInfo });
    } catch (error) {
      const dataFault = error instanceof Error ? error.message : String(error);
      if (useRun.getState().data === id) useRun.setState({ dataFault });
    }
  }

  /** Adds a folder, asked for with main's dialog where no path is given. Throws where it cannot be used. */
  async addData(path?: string): Promise<void> {
    const added = await this.#main.call('data.add', path === undefined ? {} : { path });
    if (added === null) return;
    useRun.setState({ dataSets: await this.#main.call('data.list', {}) });
    // Reading it may take long; the data chooser shows how far it is.
    void this.chooseData(added.id);
  }

  /** Brings a folder's pictures to squares of another size. */
  async resizeData(id: string, side: number): Promise<void> {
    await this.#main.call('data.resize', { id, size: { height: side, width: side } });
    await this.chooseData(id);
  }

  /** Starts to train the design as it is now. */
  async start(): Promise<void> {
    const { data, device } = useRun.getState();
    const design = formatDesign(useDocument.getState().design);
    const before = useRun.getState();
    this.history = new StepHistory();
    useRun.setState({ ...NOTHING_YET, status: 'preparing' });
    const started = await attempt(async () => {
      await this.#main.call('run.start', { design, data, device });
      return true;
    });
    if (started === undefined) useRun.setState({ status: before.status === 'preparing' ? 'ready' : before.status });
  }

  pause(): Promise<void> {
    return this.#ask('run.pause');
  }

  /** Goes on after a pause; or, with a run that ended before it was done, from its latest checkpoint. */
  resume(): Promise<void> {
    return this.#ask(useRun.getState().canContinue ? 'run.continue' : 'run.resume');
  }

  stop(): Promise<void> {
    return this.#ask('run.stop');
  }

  /** Says which pictures this page shows, so that no others are made. */
  watch(wanted: Partial<InputOf<AppContract, 'run.watch'>>): void {
    this.#watch = { ...this.#watch, ...wanted };
    void this.#main.call('run.watch', this.#watch).catch(() => undefined);
  }

  async #ask(name: 'run.pause' | 'run.resume' | 'run.continue' | 'run.stop'): Promise<void> {
    await attempt(() => this.#main.call(name, {}));
  }
}
