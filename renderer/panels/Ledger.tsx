import { formatBytes, formatWhole } from '#core/format.ts';
import { layerDefinition } from '#core/layers/index.ts';
import { CONVENTIONS, trainingBytes } from '#core/network/costs.ts';
import type { LayerReport } from '#core/network/propagate.ts';
import { formatVolume } from '#core/shape.ts';
import { select, useDocument } from '../document/store.ts';
import styles from './Panels.module.css';

function receptiveField({ receptiveField: field }: LayerReport): string {
  return field === undefined ? '–' : field.size.toReversed().join('×');
}

/** What every layer costs, and the sum. */
export function Ledger() {
  const report = useDocument((state) => state.report);
  const batch = useDocument((state) => state.design.training.batchSize);
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
          {report.order.map((id) => {
            const layer = report.layers.get(id) as LayerReport;
            return (
              <tr
                key={id}
                data-selected={selection.has(id) || undefined}
                data-problem={layer.problems.length > 0 || undefined}
              >
                <th scope="row">
                  <button type="button" className={styles.link} onClick={() => select([id])}>
                    {layer.layer.name}
                  </button>
                </th>
                <td>{layerDefinition(layer.layer.kind)?.label ?? layer.layer.kind}</td>
                <td className={styles.number}>{layer.shape === undefined ? '?' : formatVolume(layer.shape)}</td>
                <td className={styles.number}>{formatWhole(layer.costs.params)}</td>
                <td className={styles.number}>{formatWhole(layer.costs.macs)}</td>
                <td className={styles.number}>{formatBytes(trainingBytes(layer.costs, batch))}</td>
                <td className={styles.number}>{receptiveField(layer)}</td>
              </tr>
            );
          })}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">Total</th>
            <td />
            <td className={styles.number}>{formatBytes(totals.activationBytes)} an image</td>
            <td className={styles.number}>{formatWhole(totals.params)}</td>
            <td className={styles.number}>{formatWhole(totals.macs)}</td>
            <td className={styles.number}>{formatBytes(trainingBytes(totals, batch))}</td>
            <td />
          </tr>
        </tfoot>
      </table>
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
