import { useEffect, useState } from 'react';
import { formatDuration, formatLoss, formatPercent } from '#core/format.ts';
import { useData } from '../data/data-store.ts';
import { useObstacle } from './obstacle.ts';
import { elapsed, isActive, otherRun, shownRun, shownStatus, useRun } from './run-store.ts';
import { StatusMessage } from './StatusMessage.tsx';
import { STATUS_WORDS } from './status-words.ts';
import styles from './Training.module.css';

/** What training this design is doing, in words: announced when it changes, not with every step. */
export function StatusLine() {
  const status = useRun(shownStatus);
  const message = useRun((state) => shownRun(state)?.message ?? '');
  const epochs = useRun((state) => state.epochs);
  const plan = useRun((state) => state.plan);
  const obstacle = useObstacle();
  const reading = useData(({ info, fault }) => info === undefined && fault === '');
  const last = epochs.at(-1);
  const where =
    plan !== undefined && status === 'running'
      ? `, epoch ${Math.min(epochs.length + 1, plan.epochs)} of ${plan.epochs}`
      : '';
  const result = last === undefined || status === 'failed' ? '' : ` · ${formatPercent(last.valAccuracy)} on validation`;
  const ready = status === 'ready' && obstacle !== undefined;
  return (
    <>
      <p className={styles.status} role="status" aria-label="Training state" data-status={status} title={obstacle}>
        {ready ? obstacle : status === 'ready' && reading ? 'Reading the data set…' : STATUS_WORDS[status]}
        {where}
        {result}
        {/* Heard in full; to be read there is a button, since the toolbar has one line. */}
        {message !== '' && <span className="visually-hidden">: {message}</span>}
        {!ready && !isActive(status) && obstacle !== undefined && (
          <span className={styles.obstacle}> · cannot train now: {obstacle}</span>
        )}
        <OtherRun />
      </p>
      {message !== '' && <StatusMessage label={status === 'failed' ? 'Why?' : 'Details'} message={message} />}
    </>
  );
}

/** That another design is being trained: this one has to wait. */
function OtherRun() {
  const name = useRun((state) => otherRun(state)?.design.name);
  const status = useRun((state) => otherRun(state)?.status);
  if (name === undefined || status === undefined) return null;
  return (
    <span className={styles.other}>
      {' '}
      · {name}: {STATUS_WORDS[status].toLowerCase()}
    </span>
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
  const status = useRun(shownStatus);
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
