import { readPixels, type WindowFit } from '#core/fit.ts';
import styles from './Fit.module.css';
import { type Cell, fitFigure, SIDE } from './fit-figure.ts';

/** Half of the window's line, and some pixels more. */
const MARGIN = 2;

/** The padded input as a grid: what is read, what is padding, what no position of the window reads; the last position. */
export function FitPicture({ fit }: { readonly fit: WindowFit }) {
  const { width, height, cells, window, isPart } = fitFigure(fit);
  const kinds = new Set(cells.map(({ kind }) => kind));
  return (
    <figure className={styles.figure}>
      {/* A fixed width, so that the grid does not jump about while somebody types. */}
      <svg
        className={styles.grid}
        width={SIDE + 2 * MARGIN}
        height={height + 2 * MARGIN}
        viewBox={`${-MARGIN} ${-MARGIN} ${SIDE + 2 * MARGIN} ${height + 2 * MARGIN}`}
        role="img"
        aria-label={describe(fit)}
      >
        <g transform={`translate(${(SIDE - width) / 2} 0)`}>
          {cells.map((cell) => (
            <rect
              key={`${cell.left} ${cell.top}`}
              x={cell.left}
              y={cell.top}
              width={cell.width}
              height={cell.height}
              data-kind={cell.kind}
            />
          ))}
          <rect className={styles.window} x={window.left} y={window.top} width={window.width} height={window.height} />
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
