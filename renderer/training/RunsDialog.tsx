import { Eye, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { RunEntry } from '#contract/app/index.ts';
import { isUnderWay } from '#contract/schemas.ts';
import { formatBytes, formatPercent, formatWhole } from '#core/format.ts';
import { useDocument } from '../document/store.ts';
import { Button } from '../ui/Button.tsx';
import { formatDate } from '../ui/date.ts';
import { IconButton } from '../ui/IconButton.tsx';
import { Modal } from '../ui/Modal.tsx';
import { useTraining } from './context.ts';
import styles from './RunsDialog.module.css';
import { useRun } from './run-store.ts';
import { closeRunsDialog, openRunsDialog, useRunsDialog } from './runs-dialog.ts';
import { STATUS_WORDS } from './status-words.ts';

/** All runs, of all designs, with what they take on disk: here they are looked at again, and deleted. */
export function RunsDialog() {
  const isOpen = useRunsDialog((state) => state.isOpen);
  return isOpen ? <Runs /> : null;
}

function Runs() {
  const runs = useRun((state) => state.runs);
  const bytes = runs.reduce((sum, run) => sum + run.bytes, 0);
  return (
    <Modal title="Runs" onClose={closeRunsDialog} className={styles.dialog}>
      {runs.length === 0 ? (
        <p className={styles.note}>There are no runs yet. Each training is kept here until you delete it.</p>
      ) : (
        <>
          <div className={styles.scroll}>
            <table className={styles.table}>
              <thead>
                <tr>
                  <th scope="col">Design</th>
                  <th scope="col">Data set</th>
                  <th scope="col">Started</th>
                  <th scope="col">State</th>
                  <th scope="col">Steps</th>
                  <th scope="col">Validation</th>
                  <th scope="col">Size</th>
                  <td />
                </tr>
              </thead>
              <tbody>
                {runs.map((run) => (
                  <Row key={run.id} run={run} />
                ))}
              </tbody>
            </table>
          </div>
          <p className={styles.note}>
            {formatWhole(runs.length)} {runs.length === 1 ? 'run' : 'runs'}, {formatBytes(bytes)} on disk. Runs stay
            until you delete them.
          </p>
        </>
      )}
    </Modal>
  );
}

function Row({ run }: { readonly run: RunEntry }) {
  const training = useTraining();
  const designId = useDocument((state) => state.design.id);
  const shown = useRun((state) => state.shown);
  const [asking, setAsking] = useState(false);
  const { id, design, data, startedAt, status, message, step, plannedSteps, validationAccuracy, bytes } = run;
  const started = formatDate(startedAt);
  const name = `${design.name}, ${started}`;
  const isOwn = design.id !== undefined && design.id === designId;
  const why = isOwn ? 'Its curves are shown already' : 'Open its design to see its curves';
  return (
    <tr data-shown={id === shown || undefined}>
      <th scope="row">{design.name}</th>
      <td>{data}</td>
      <td>{started}</td>
      <td title={message}>{STATUS_WORDS[status]}</td>
      <td className={styles.number}>
        {formatWhole(step)}
        {plannedSteps !== undefined && plannedSteps !== step && ` of ${formatWhole(plannedSteps)}`}
      </td>
      <td className={styles.number}>{validationAccuracy === undefined ? '' : formatPercent(validationAccuracy)}</td>
      <td className={styles.number}>{formatBytes(bytes)}</td>
      <td className={styles.buttons}>
        {asking ? (
          <>
            <Button kind="danger" onClick={() => void training.delete(id)}>
              Delete for good
            </Button>
            <Button onClick={() => setAsking(false)}>Keep</Button>
          </>
        ) : (
          <>
            <IconButton
              label={`Show ${name}`}
              icon={Eye}
              disabled={!isOwn || id === shown}
              title={isOwn && id !== shown ? 'Show its curves, filters and maps' : why}
              onClick={() => void training.show(id)}
            />
            <IconButton
              label={`Delete ${name}`}
              icon={Trash2}
              disabled={isUnderWay(status)}
              title={isUnderWay(status) ? 'Stop it before you delete it' : 'Delete the run with its weights'}
              onClick={() => setAsking(true)}
            />
          </>
        )}
      </td>
    </tr>
  );
}

/** Opens the list of runs; says how many there are, and how large. */
export function RunsButton() {
  const count = useRun((state) => state.runs.length);
  const bytes = useRun((state) => state.runs.reduce((sum, run) => sum + run.bytes, 0));
  if (count === 0) return null;
  return (
    <p className={styles.open}>
      <Button onClick={openRunsDialog}>Runs…</Button>
      <span>
        {formatWhole(count)} kept, {formatBytes(bytes)}
      </span>
    </p>
  );
}
