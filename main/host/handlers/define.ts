import type { AppContract } from '#contract/app/index.ts';
import type { CallName } from '#contract/define.ts';
import type { Trial } from '#contract/schemas.ts';
import type { Handlers } from '#contract/serve.ts';
import type { DataRegistry } from '../data-registry.ts';
import type { Designs } from '../designs.ts';
import type { Page } from '../page.ts';
import type { Platform } from '../platform.ts';
import type { RunList } from '../run-list.ts';
import type { RunScheduler } from '../run-scheduler.ts';
import type { TrainingProcess } from '../training-process.ts';

/** What the handlers of all groups work with. */
export interface HandlerParts {
  readonly platform: Platform;
  readonly designs: Designs;
  readonly data: DataRegistry;
  readonly runs: RunList;
  readonly scheduler: RunScheduler;
  readonly training: TrainingProcess;
  /** Which devices can be used; tried when that is first of interest. */
  triedDevices(): Promise<Trial[]>;
  /** Takes the file that the desktop handed over, if one waits. */
  takeWaiting(): string | undefined;
}

type Group = 'app' | 'designs' | 'data' | 'devices' | 'runs' | 'models';

/** The handlers of a group of calls: those whose names begin with it. */
export type GroupHandlers<G extends Group> = Pick<
  Handlers<AppContract, Page>,
  Extract<CallName<AppContract>, `${G}.${string}`>
>;

/** Makes the handlers of a group. */
export type AppHandlers<G extends Group> = (parts: HandlerParts) => GroupHandlers<G>;
