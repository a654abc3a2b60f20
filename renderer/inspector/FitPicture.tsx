import { type AxisFit, readPixels, type WindowFit } from '#core/fit.ts';
import styles from './Fit.module.css';

/** Pixels of an axis that are drawn one by one; of a longer one the last of them: there it shows how a window fits. */
const MOST = 20;
const CELL = 11;
const WIDTH = MOST * CELL;

type Cell = 'padding' | 'read' | 'unread';

interface AxisPicture {
  /** Index, on the padded axis, of the first pixel that is drawn. */
  readonly from: number;
  /** Padding or pixel, and whether any position of the window reads it. */
  readonly cells: readonly { readonly at: number; readonly padding: boolean; readonly read: boolean }[];
  /** Where the last position begins, on the drawn part. */
  readonly last: number;
}

function pictureOf(axis: AxisFit): AxisPicture {
  const read = readPixels(axis);
  const from = Math.max(0, read.length - MOST);
  const [begin] = axis.pads;
  const isPadding = (at: number) => at < begin || at >= begin + axis.n;
  const cells = read.map((one, at) => ({ at, padding: isPadding(at), read: one })).slice(from);
  return { from, cells, last: Math.max(0, axis.out - 1) * axis.stride - from };
}

/** The padded input as a grid: what is read, what is padding, what no position of the window reads; the last position. */
export function FitPicture({ fit }: { readonly fit: WindowFit }) {
  const [rows, columns] = [pictureOf(fit.height), pictureOf(fit.width)];
  const [width, height] = [columns.cells.length * CELL, rows.cells.length * CELL];
  const kinds = new Set<Cell>();
  const cells = rows.cells.flatMap((row) =>
    columns.cells.map((column) => {
      const [x, y] = [column.at - columns.from, row.at - rows.from];
      const kind: Cell = row.read && column.read ? (row.padding || column.padding ? 'padding' : 'read') : 'unread';
      kinds.add(kind);
      return (
        <rect
          key={`${column.at} ${row.at}`}
          x={x * CELL}
          y={y * CELL}
          width={CELL - 1}
          height={CELL - 1}
          data-kind={kind}
        />
      );
    }),
  );
  const isPart = rows.from > 0 || columns.from > 0;
  return (
    <figure className={styles.figure}>
      {/* A fixed width, so that the grid does not jump about while somebody types. */}
      <svg
        className={styles.grid}
        width={WIDTH + 2}
        height={height + 2}
        viewBox={`-1 -1 ${WIDTH + 2} ${height + 2}`}
        role="img"
        aria-label={describe(fit)}
      >
        <g transform={`translate(${(WIDTH - width) / 2} 0)`}>
          {cells}
          <rect
            className={styles.window}
            x={columns.last * CELL - 0.5}
            y={rows.last * CELL - 0.5}
            width={fit.width.reach * CELL}
            height={fit.height.reach * CELL}
          />
        </g>
      </svg>
      <figcaption className={styles.legend}>
        {isPart && <span>The end of the padded input:</span>}
        {(['read', 'padding', 'unread'] as const)
          .filter((kind) => kinds.has(kind))
          .map((kind) => (
            <span key={kind} data-kind={kind}>
              {WORDS[kind]}
            </span>
          ))}
        <span data-kind="window">{fit.status === 'impossible' ? 'window' : 'last position'}</span>
      </figcaption>
    </figure>
  );
}

const WORDS: { readonly [C in Cell]: string } = { read: 'read', padding: 'padding', unread: 'never read' };

/** "A grid of 7×7 padded pixels; 1 column and 1 row are never read." */
function describe({ height, width }: WindowFit): string {
  const [rows, columns] = [readPixels(height), readPixels(width)];
  const missed = (read: readonly boolean[]) => read.filter((one) => !one).length;
  const counts = `${missed(columns)} columns and ${missed(rows)} rows are never read`;
  return `A grid of ${columns.length}×${rows.length} padded pixels; ${counts}.`;
}
