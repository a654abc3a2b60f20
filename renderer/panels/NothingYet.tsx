import { shownRun, useRun } from '../training/run-store.ts';
import styles from './Pictures.module.css';

/** Why there is nothing to see of a run, and what to do. `what` begins a sentence: "The filters of every CONV". */
export function NothingYet({ what, more = '' }: { readonly what: string; readonly more?: string }) {
  const status = useRun((state) => shownRun(state)?.status);
  const canResume = useRun((state) => shownRun(state)?.canResume === true);
  const hint = hintFor(status, canResume);
  return (
    <p className={styles.hint}>
      {hint.before}
      {what} {hint.after} {more}
    </p>
  );
}

function hintFor(status: string | undefined, canResume: boolean) {
  if (status === undefined) return { before: 'Press Train. ', after: 'appear here.' };
  if (status === 'queued' || status === 'preparing' || status === 'running') {
    return { before: '', after: 'appear here as soon as the run begins.' };
  }
  const next = canResume ? 'Press Resume to go on with it, or Train to start anew.' : 'Press Train to start a new one.';
  return { before: '', after: `are made while a run trains, and right after. This one ended earlier. ${next}` };
}
