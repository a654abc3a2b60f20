import { memo } from 'react';
import { formatBytes, formatWhole } from '#core/format.ts';
import { layerDefinition } from '#core/layers/index.ts';
import { CONVENTIONS, trainingBytes } from '#core/network/costs.ts';
import { canvasLayer } from '#core/network/expand.ts';
import type { LayerReport } from '#core/network/propagate.ts';
import { fieldSides } from '#core/network/receptive-field.ts';
import { formatVolume } from '#core/shape.ts';
import { slotCount } from '#core/training/optimizers/index.ts';
import { select, useDocument } from '../document/store.ts';
import styles from './Panels.module.css';
import { TrainingMemoryNote } from './TrainingMemoryNote.tsx';

function receptiveField({ receptiveField: field }: LayerReport): string {
  return field === undefined ? '–' : fieldSides(field).toReversed().join('×');
}

interface RowProps {
  readonly report: LayerReport;
  readonly batch: number;
  /** Tensors that the optimizer keeps for each weight. */
  readonly slots: number;
  readonly selected: boolean;
}

/** One layer. A report stays the same object while nothing about its layer changes; its row is then not drawn anew. */
const Row = memo(function Row({ report, batch, slots, selected }: RowProps) {
  const { layer, shape, costs, problems } = report;
  return (
    <tr data-selected={selected || undefined} data-problem={problems.length > 0 || undefined}>
      <th scope="row">
        <button
          type="button"
          className={styles.link}
          title={layer.name}
          onClick={() => select([canvasLayer(layer.id)])}
        >
          {layer.name}
        </button>
      </th>
      <td>{layerDefinition(layer.kind)?.label ?? layer.kind}</td>
      <td className={styles.number}>{shape === undefined ? '?' : formatVolume(shape)}</td>
      <td className={styles.number}>{formatWhole(costs.params)}</td>
      <td className={styles.number}>{formatWhole(costs.macs)}</td>
      <td className={styles.number}>{formatBytes(trainingBytes(costs, batch, slots))}</td>
      <td className={styles.number}>{receptiveField(report)}</td>
    </tr>
  );
});

/** What every layer costs, and the sum. */
export function Ledger() {
  const report = useDocument((state) => state.report);
  const batch = useDocument((state) => state.design.training.batchSize);
  const slots = useDocument((state) => slotCount(state.design.training.optimizer));
  const selection = useDocument((state) => state.selection);
  const { totals } = report;
  if (report.layers.size === 0) return <p className={styles.hint}>No layers yet: their costs will stand here.</p>;
  return (
    <div className={styles.scroll}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">Layer</th>
            <th scope="col">Kind</th>
            <th scope="col" className={styles.number}>
              Volume
            </th>
            <th scope="col" className={styles.number} title={CONVENTIONS.params}>
              Params
            </th>
            <th scope="col" className={styles.number} title={CONVENTIONS.macs}>
              MACs
            </th>
            <th scope="col" className={styles.number} title={CONVENTIONS.trainingBytes}>
              Memory, batch of {batch}
            </th>
            <th scope="col" className={styles.number} title={CONVENTIONS.receptiveField}>
              Receptive field
            </th>
          </tr>
        </thead>
        <tbody>
          {report.order.map((id) => (
            <Row
              key={id}
              report={report.layers.get(id) as LayerReport}
              batch={batch}
              slots={slots}
              selected={selection.has(canvasLayer(id))}
            />
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">Total</th>
            <td />
            <td className={styles.number}>{formatBytes(totals.activationBytes)} an image</td>
            <td className={styles.number}>{formatWhole(totals.params)}</td>
            <td className={styles.number}>{formatWhole(totals.macs)}</td>
            <td className={styles.number}>{formatBytes(trainingBytes(totals, batch, slots))}</td>
            <td />
          </tr>
        </tfoot>
      </table>
      <TrainingMemoryNote />
      <details className={styles.conventions}>
        <summary>How these are counted</summary>
        <ul>
          {Object.values(CONVENTIONS).map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      </details>
    </div>
  );
}
