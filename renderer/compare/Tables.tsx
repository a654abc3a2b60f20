import type { ReactNode } from 'react';
import { formatWhole } from '#core/format.ts';
import type { Change } from '#core/project/diff-change.ts';
import type { Line, ValueRow } from '#core/project/diff-text.ts';
import styles from './Compare.module.css';

/** Rows that are written out; the command line tells all of them. */
const MOST_ROWS = 500;

/** A part of the result, which can be folded up; nothing where it has nothing to say. */
export function Section<T>({
  title,
  items,
  children,
}: {
  readonly title: string;
  readonly items: readonly T[];
  readonly children: (shown: readonly T[]) => ReactNode;
}) {
  if (items.length === 0) return null;
  const hidden = items.length - MOST_ROWS;
  return (
    <details className={styles.section} open>
      <summary>
        {title} <span>{formatWhole(items.length)}</span>
      </summary>
      {children(items.slice(0, MOST_ROWS))}
      {hidden > 0 && <p className={styles.more}>and {formatWhole(hidden)} more</p>}
    </details>
  );
}

export interface RowGroup {
  readonly key: string;
  /** What the rows are about. */
  readonly head: ReactNode;
  readonly rows: readonly ValueRow[];
}

/** For each of some things, what it was and what it is. */
export function ValueTable({
  names,
  first,
  second,
  groups,
}: {
  /** What the designs are called. */
  readonly names: Change<string>;
  readonly first: string;
  /** What the rows' labels are; none where a group has one row, which its head says all about. */
  readonly second?: string;
  readonly groups: readonly RowGroup[];
}) {
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th scope="col">{first}</th>
          {second !== undefined && <th scope="col">{second}</th>}
          <th scope="col" title={names.before}>
            {names.before}
          </th>
          <th scope="col" title={names.after}>
            {names.after}
          </th>
        </tr>
      </thead>
      {groups.map(({ key, head, rows }) => (
        <tbody key={key}>
          {rows.map(({ label, before, after }, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two rows may have the same label, and none ever moves
            <tr key={i}>
              {i === 0 && (
                <th scope="rowgroup" rowSpan={rows.length}>
                  {head}
                </th>
              )}
              {second !== undefined && <td>{label}</td>}
              <td>{before}</td>
              <td className={styles.after}>{after}</td>
            </tr>
          ))}
        </tbody>
      ))}
    </table>
  );
}

/** Lines in columns, each with what became of it. */
export function Lines({ lines }: { readonly lines: readonly Line[] }) {
  return (
    <ul className={styles.lines}>
      {lines.map(({ mark, text }, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two lines may say the same, and none ever moves
        <li key={i}>
          <Mark mark={mark} />
          {text}
        </li>
      ))}
    </ul>
  );
}

/** What was added or removed: a sign with a colour, and a word for those who hear it. */
export function Mark({ mark }: Pick<Line, 'mark'>) {
  if (mark === '') return null;
  return (
    <span className={styles.mark} data-sign={mark === '+' ? 1 : -1}>
      <span aria-hidden="true">{mark}</span>
      <span className="visually-hidden">{mark === '+' ? 'added: ' : 'removed: '}</span>
    </span>
  );
}
