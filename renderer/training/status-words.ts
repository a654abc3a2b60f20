import type { RunStatus } from '#contract/schemas.ts';

/** What a run does, in words. */
export const STATUS_WORDS: { readonly [S in RunStatus | 'ready']: string } = {
  ready: 'Ready to train',
  queued: 'Waiting for its turn',
  preparing: 'Preparing…',
  running: 'Training',
  pausing: 'Pausing after this step…',
  paused: 'Paused',
  stopping: 'Stopping after this step…',
  stopped: 'Stopped',
  finished: 'Finished',
  failed: 'Failed',
};
