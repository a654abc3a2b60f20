import { GitCompareArrows } from 'lucide-react';
import { formatBytes, formatCount, formatWhole } from '#core/format.ts';
import { trainingBytes } from '#core/network/costs.ts';
import { slotCount } from '#core/training/optimizers/index.ts';
import { openCompare } from '../compare/compare-store.ts';
import { useDocument } from '../document/store.ts';
import { Button } from '../ui/Button.tsx';
import { Figure } from '../working/Figure.tsx';
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
          <dd>
            <Figure of={{ total: 'params' }} label="All params">
              {formatWhole(totals.params)}
            </Figure>
          </dd>
          <dt>MACs an image</dt>
          <dd>
            <Figure of={{ total: 'macs' }} label="All MACs">
              {formatCount(totals.macs)}
            </Figure>
          </dd>
          <dt>Activations an image</dt>
          <dd>
            <Figure of={{ total: 'activations' }} label="Activations of an image">
              {formatBytes(totals.activationBytes)}
            </Figure>
          </dd>
          <dt>To train a batch of {batch}</dt>
          <dd>
            <Figure of={{ total: 'memory' }} label="Memory of training">
              {formatBytes(trainingBytes(totals, batch, slots))}
            </Figure>
          </dd>
          <dt>Problems</dt>
          <dd>{problems === 0 ? 'none' : problems}</dd>
        </dl>
      </div>
      <div className={styles.compare}>
        <Button icon={GitCompareArrows} onClick={openCompare}>
          Compare with…
        </Button>
      </div>
    </>
  );
}
