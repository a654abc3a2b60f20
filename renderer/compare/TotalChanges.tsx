import type { TotalRow } from '#core/project/diff-text.ts';
import styles from './Compare.module.css';

/** What the design comes to more or less than the other. */
export function TotalChanges({ rows }: { readonly rows: readonly TotalRow[] }) {
  return (
    <dl className={styles.totals} aria-label="Totals">
      {rows.map(({ label, before, after, delta, growth, sign }) => (
        <div key={label}>
          <dt>{label}</dt>
          {before === after && sign === 0 ? (
            <>
              <dd className={styles.delta}>no change</dd>
              <dd className={styles.values}>{after}</dd>
            </>
          ) : (
            <>
              <dd className={styles.delta} data-sign={sign}>
                {delta} <small>{growth}</small>
              </dd>
              <dd className={styles.values}>
                <span>{before}</span> <span>→ {after}</span>
              </dd>
            </>
          )}
        </div>
      ))}
    </dl>
  );
}
