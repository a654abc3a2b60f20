import type { Matrix } from '#core/lectures/slide-window.ts';
import styles from './Lectures.module.css';

interface Place {
  readonly row: number;
  readonly column: number;
}

/** Numbers in rows and columns, under a title; one can be chosen, a square of them can be marked. */
export function MatrixTable({
  title,
  matrix,
  window,
  chosen,
  onChoose,
}: {
  readonly title: string;
  readonly matrix: Matrix;
  /** A square that is marked. */
  readonly window?: Place & { readonly size: number };
  readonly chosen?: Place;
  readonly onChoose?: (place: Place) => void;
}) {
  const isUnder = (row: number, column: number) =>
    window !== undefined &&
    row >= window.row &&
    row < window.row + window.size &&
    column >= window.column &&
    column < window.column + window.size;
  return (
    <table className={styles.matrix}>
      <caption>{title}</caption>
      <tbody>
        {matrix.map((values, row) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a place in a matrix is what it is known by
          <tr key={row}>
            {values.map((value, column) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the same
              <td key={column} data-under={isUnder(row, column) || undefined}>
                {onChoose === undefined ? (
                  formatValue(value)
                ) : (
                  <button
                    type="button"
                    aria-pressed={chosen?.row === row && chosen.column === column}
                    onClick={() => onChoose({ row, column })}
                  >
                    {formatValue(value)}
                  </button>
                )}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** "−3", "0.78" */
export function formatValue(value: number): string {
  return String(Number(value.toFixed(3))).replace('-', '−');
}
