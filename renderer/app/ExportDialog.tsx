import { TriangleAlert } from 'lucide-react';
import type { WeightsSummary } from '#contract/app/index.ts';
import { formatWhole } from '#core/format.ts';
import { useMain } from '../connection/context.ts';
import { useObstacle } from '../training/obstacle.ts';
import { useTrain } from '../training/train.ts';
import { Button } from '../ui/Button.tsx';
import { Modal } from '../ui/Modal.tsx';
import styles from './ExportDialog.module.css';
import { useExport, writeOnnx } from './export.ts';
import question from './Question.module.css';

/** Says, before the file is written, which weights are not trained, and what was changed since the training. */
export function ExportDialog() {
  const weights = useExport((state) => state.question);
  if (weights === undefined) return null;
  return weights.run === null ? <NeverTrained weights={weights} /> : <Changed weights={weights} />;
}

const close = () => useExport.setState({ question: undefined });

function NeverTrained({ weights }: { readonly weights: WeightsSummary }) {
  const main = useMain();
  const train = useTrain();
  const obstacle = useObstacle();
  return (
    <Modal title="This network has not been trained" onClose={close}>
      <p className={styles.warning}>
        <TriangleAlert size={18} aria-hidden="true" />
        The file would hold first weights, drawn at random: the network would guess. Train it first, unless random
        weights are what you want.
      </p>
      <div className={question.buttons}>
        <Button
          kind="primary"
          disabled={obstacle !== undefined}
          title={obstacle ?? ''}
          onClick={() => {
            close();
            train();
          }}
        >
          Train it first
        </Button>
        <Button onClick={() => void writeOnnx(main, weights)}>Export first weights</Button>
      </div>
    </Modal>
  );
}

function Changed({ weights }: { readonly weights: WeightsSummary }) {
  const main = useMain();
  const untrained = weights.layers.filter(({ state }) => state !== 'trained');
  const trained = weights.layers.length - untrained.length;
  return (
    <Modal title="The network was changed after it was trained" onClose={close}>
      {untrained.length > 0 && (
        <>
          <p className={styles.warning}>
            <TriangleAlert size={18} aria-hidden="true" />
            {formatWhole(trained)} of {formatWhole(weights.layers.length)} layers have trained weights (
            {formatWhole(weights.steps)} steps). These get first weights, drawn at random:
          </p>
          <table className={styles.layers}>
            <tbody>
              {untrained.map(({ layer, name, state, reason }) => (
                <tr key={layer}>
                  <th scope="row">{name}</th>
                  <td>{state === 'partly' ? `partly: ${reason}` : reason}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
      {untrained.length === 0 && (
        <p className={styles.warning}>
          <TriangleAlert size={18} aria-hidden="true" />
          All layers keep their trained weights ({formatWhole(weights.steps)} steps), but the network computes something
          else with them now than when it was trained.
        </p>
      )}
      {weights.changes.length > 0 && (
        <>
          <p className={styles.lead}>Changed since the training:</p>
          <ul className={styles.changes}>
            {weights.changes.map((change) => (
              <li key={change}>{change}</li>
            ))}
          </ul>
        </>
      )}
      <div className={question.buttons}>
        <Button kind="primary" onClick={() => void writeOnnx(main, weights)}>
          {untrained.length > 0 ? 'Export all the same' : 'Export'}
        </Button>
        <Button onClick={close}>Cancel</Button>
      </div>
    </Modal>
  );
}
