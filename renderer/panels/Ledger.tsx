import { type CSSProperties, memo } from 'react';
import { formatBytes, formatWhole } from '#core/format.ts';
import { kindLabel } from '#core/layers/index.ts';
import { CONVENTIONS, trainingBytes } from '#core/network/costs.ts';
import { canvasLayer } from '#core/network/expand.ts';
import type { LayerReport } from '#core/network/propagate.ts';
import { fieldSides } from '#core/network/receptive-field.ts';
import { volumeText } from '#core/shape.ts';
import { slotCount } from '#core/training/optimizers/index.ts';
import { QUANTITY_NAMES, type Quantity } from '#core/working/working.ts';
import { select, useDocument } from '../document/store.ts';
import { Figure } from '../working/Figure.tsx';
import { MemoryBar, MemoryLegend } from './MemoryBar.tsx';
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
  const figure = (quantity: Quantity, text: string) => (
    <Figure of={{ layer: layer.id, quantity }} label={`${QUANTITY_NAMES[quantity]} of ${layer.name}`}>
      {text}
    </Figure>
  );
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
      <td>{kindLabel(layer.kind)}</td>
      <td className={styles.number}>{figure('output', volumeText(shape))}</td>
      <td className={styles.number}>{figure('params', formatWhole(costs.params))}</td>
      <td className={styles.number}>{figure('macs', formatWhole(costs.macs))}</td>
      <td className={styles.number}>{figure('memory', formatBytes(trainingBytes(costs, batch, slots)))}</td>
      <td>
        <MemoryBar costs={costs} batch={batch} slots={slots} />
      </td>
      <td className={styles.number}>{figure('receptiveField', receptiveField(report))}</td>
    </tr>
  );
});

function bytesOf(report: LayerReport | undefined, batch: number, slots: number): number {
  return report === undefined ? 0 : trainingBytes(report.costs, batch, slots);
}

/** What every layer costs, and the sum. */
export function Ledger() {
  const report = useDocument((state) => state.report);
  const batch = useDocument((state) => state.design.training.batchSize);
  const slots = useDocument((state) => slotCount(state.design.training.optimizer));
  const selection = useDocument((state) => state.selection);
  const { totals } = report;
  const largest = Math.max(1, ...report.order.map((id) => bytesOf(report.layers.get(id), batch, slots)));
  if (report.layers.size === 0) return <p className={styles.hint}>No layers yet: their costs will stand here.</p>;
  return (
    <div className={styles.scroll}>
      <table className={styles.table} style={{ '--largest': largest } as CSSProperties}>
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
            <th scope="col">
              <MemoryLegend />
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
            <td className={styles.number}>
              <Figure of={{ total: 'activations' }} label="Activations of an image" className={styles.atLeast}>
                <span>{formatBytes(totals.activationBytes)}</span> <span>an image</span>
              </Figure>
            </td>
            <td className={styles.number}>
              <Figure of={{ total: 'params' }} label="All params">
                {formatWhole(totals.params)}
              </Figure>
            </td>
            <td className={styles.number}>
              <Figure of={{ total: 'macs' }} label="All MACs">
                {formatWhole(totals.macs)}
              </Figure>
            </td>
            <td className={styles.number}>
              <Figure of={{ total: 'memory' }} label="Memory of training">
                {formatBytes(trainingBytes(totals, batch, slots))}
              </Figure>
            </td>
            <td />
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
