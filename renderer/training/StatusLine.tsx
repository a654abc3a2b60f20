import { useEffect, useState } from 'react';
import { formatDuration, formatLoss, formatPercent } from '#core/format.ts';
import { useObstacle, useTrainedElsewhere } from './obstacle.ts';
import { elapsed, useRun } from './run-store.ts';
import { StatusMessage } from './StatusMessage.tsx';
import styles from './Training.module.css';

const WORDS = {
  ready: 'Ready to train',
  preparing: 'Preparing…',
  running: 'Training',
  pausing: 'Pausing after this step…',
  paused: 'Paused',
  stopping: 'Stopping after this step…',
  stopped: 'Stopped',
  finished: 'Finished',
  failed: 'Failed',
} as const;

/** What training is doing, in words: announced when it changes, not with every step. */
export function StatusLine() {
  const status = useRun((state) => state.status);
  const message = useRun((state) => state.message);
  const epochs = useRun((state) => state.epochs);
  const plan = useRun((state) => state.plan);
  const last = epochs.at(-1);
  const where =
    plan !== undefined && status === 'running'
      ? `, epoch ${Math.min(epochs.length + 1, plan.epochs)} of ${plan.epochs}`
      : '';
  const result = last === undefined || status === 'failed' ? '' : ` · ${formatPercent(last.valAccuracy)} on validation`;
  const obstacle = useObstacle();
  const trained = useTrainedElsewhere();
  return (
    <>
      <p className={styles.status} role="status" aria-label="Training state" data-status={status}>
        {status === 'ready' && obstacle !== undefined ? obstacle : WORDS[status]}
        {where}
        {result}
        {trained !== undefined && ` (${trained})`}
        {/* Heard in full; to be read there is a button, since the toolbar has one line. */}
        {message !== '' && <span className="visually-hidden">: {message}</span>}
      </p>
      {message !== '' && <StatusMessage label={status === 'failed' ? 'Why?' : 'Details'} message={message} />}
    </>
  );
}

/** Redraws twice a second while something runs. */
function useTicks(active: boolean): void {
  const [, tick] = useState(0);
  useEffect(() => {
    if (!active) return;
    const timer = setInterval(() => tick((n) => n + 1), 500);
    return () => clearInterval(timer);
  }, [active]);
}

/** Progress with the time left. */
export function Progress() {
  const plan = useRun((state) => state.plan);
  const step = useRun((state) => state.step);
  const loss = useRun((state) => state.loss);
  const status = useRun((state) => state.status);
  useTicks(status === 'running');
  if (plan === undefined) return null;
  const spent = elapsed(useRun.getState());
  const share = plan.steps === 0 ? 0 : step / plan.steps;
  const left = step > 0 && status === 'running' ? formatDuration((spent / step) * (plan.steps - step)) : '';
  return (
    <div className={styles.progress}>
      <div
        className={styles.bar}
        role="progressbar"
        aria-label="Training progress"
        aria-valuemin={0}
        aria-valuemax={plan.steps}
        aria-valuenow={step}
      >
        <div style={{ width: `${100 * share}%` }} />
      </div>
      <p>
        <span>
          Step {step} of {plan.steps}
        </span>
        {loss !== undefined && <span>loss {formatLoss(loss)}</span>}
        <span>{formatDuration(spent)} spent</span>
        {left !== '' && <span>{left} left</span>}
      </p>
    </div>
  );
}
