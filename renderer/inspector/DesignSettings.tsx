import { formatBytes, formatCount, formatWhole } from '#core/format.ts';
import { trainingBytes } from '#core/network/costs.ts';
import { slotCount } from '#core/training/optimizers/index.ts';
import { useDocument } from '../document/store.ts';
import styles from './LayerSettings.module.css';

/** With nothing selected: what the network comes to as a whole. */
export function DesignSettings() {
  const totals = useDocument((state) => state.report.totals);
  const batch = useDocument((state) => state.design.training.batchSize);
  const slots = useDocument((state) => slotCount(state.design.training.optimizer));
  const layers = useDocument((state) => state.design.network.layers.size);
  const problems = useDocument((state) => state.report.problems.length);
  return (
    <>
      <div className={styles.head}>
        <h2>Network</h2>
      </div>
      <p className={styles.summary}>Select a layer to change it.</p>
      <div className={styles.resolved}>
        <dl>
          <dt>Layers</dt>
          <dd>{formatWhole(layers)}</dd>
          <dt>Params</dt>
          <dd>{formatWhole(totals.params)}</dd>
          <dt>MACs an image</dt>
          <dd title={formatWhole(totals.macs)}>{formatCount(totals.macs)}</dd>
          <dt>Activations an image</dt>
          <dd>{formatBytes(totals.activationBytes)}</dd>
          <dt>To train a batch of {batch}</dt>
          <dd>{formatBytes(trainingBytes(totals, batch, slots))}</dd>
          <dt>Problems</dt>
          <dd>{problems === 0 ? 'none' : problems}</dd>
        </dl>
      </div>
    </>
  );
}
