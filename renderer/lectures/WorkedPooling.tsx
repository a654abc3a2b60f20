import { useMemo, useState } from 'react';
import { type PoolingExample, pool } from '#core/lectures/slide-window.ts';
import styles from './Lectures.module.css';
import { formatValue, MatrixTable } from './MatrixTable.tsx';

/** A worked POOL: input and output, and what the chosen output is the maximum or the mean of. */
export function WorkedPooling({ example }: { readonly example: PoolingExample }) {
  const { kind, input, size, stride } = example;
  const output = useMemo(() => pool(example), [example]);
  const [chosen, choose] = useState({ row: 0, column: 0 });
  const found = output[chosen.row]?.[chosen.column];
  return (
    <>
      <div className={styles.matrices}>
        <MatrixTable
          title="Input"
          matrix={input}
          window={{ row: chosen.row * stride, column: chosen.column * stride, size }}
        />
        <MatrixTable
          title={`Output, ${size}×${size} stride ${stride}`}
          matrix={output.map((row) => row.map(({ value }) => value))}
          chosen={chosen}
          onChoose={choose}
        />
      </div>
      {found !== undefined && (
        <p className={styles.sum} data-testid="sum">
          {kind === 'max' ? `max(${found.pixels.join(', ')})` : `(${found.pixels.join(' + ')})/${found.pixels.length}`}{' '}
          = <strong>{formatValue(found.value)}</strong>
        </p>
      )}
    </>
  );
}
