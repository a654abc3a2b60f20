import type { CSSProperties } from 'react';
import { formatBytes } from '#core/format.ts';
import { type Costs, memoryParts } from '#core/network/costs.ts';
import styles from './MemoryBar.module.css';

const PARTS = ['activations', 'weights', 'gradients', 'optimizer'] as const;

/**
 * A layer's memory in training as a bar of four parts. How long it is, compared with the largest layer's, is left to the
 * style sheet (`--largest` of the table): when the largest changes, no row is drawn anew.
 */
export function MemoryBar({
  costs,
  batch,
  slots,
}: {
  readonly costs: Costs;
  readonly batch: number;
  readonly slots: number;
}) {
  const parts = memoryParts(costs, batch, slots);
  const shown = PARTS.filter((part) => parts[part] > 0);
  const title = shown.map((part) => `${part} ${formatBytes(parts[part])}`).join(', ');
  return (
    <span className={styles.bar} title={title} role="img" aria-label={title === '' ? 'nothing' : title}>
      {shown.map((part) => (
        <span key={part} data-part={part} style={{ '--bytes': parts[part] } as CSSProperties} />
      ))}
    </span>
  );
}

/** What the colours of the bars mean. */
export function MemoryLegend() {
  return (
    <span className={styles.legend}>
      {PARTS.map((part) => (
        <span key={part} data-part={part}>
          {part}
        </span>
      ))}
    </span>
  );
}
