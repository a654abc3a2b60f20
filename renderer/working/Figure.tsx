import type { ReactNode } from 'react';
import styles from './Working.module.css';
import { type Subject, showWorking } from './working-store.ts';

/** A number that shows where it comes from when it is pressed. */
export function Figure({
  of,
  label,
  children,
  className = '',
  pointerOnly = false,
}: {
  readonly of: Subject;
  /** What the number is, for assistive technology: "Params of conv1". */
  readonly label: string;
  readonly children: ReactNode;
  readonly className?: string | undefined;
  /** On the canvas, whose numbers all stand in the ledger too: no stop of the Tab key each. */
  readonly pointerOnly?: boolean;
}) {
  return (
    <button
      type="button"
      className={`${styles.figure} nodrag ${className}`}
      title={`${label}: show the working`}
      tabIndex={pointerOnly ? -1 : 0}
      onClick={(event) => showWorking(of, event.currentTarget)}
    >
      {children}
    </button>
  );
}
