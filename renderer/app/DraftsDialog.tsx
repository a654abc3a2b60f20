import { useEffect, useState } from 'react';
import { type Draft, dropDraft, listDrafts } from '../document/drafts.ts';
import { Button } from '../ui/Button.tsx';
import { formatDate } from '../ui/date.ts';
import { Modal } from '../ui/Modal.tsx';
import styles from './Question.module.css';
import { useOpen } from './use-open.ts';

/** Offers, at the start, changes that could not be saved the last time. */
export function DraftsDialog() {
  const open = useOpen();
  const [drafts, setDrafts] = useState<readonly Draft[]>([]);
  const [later, setLater] = useState(false);
  useEffect(() => void listDrafts().then(setDrafts), []);
  if (drafts.length === 0 || later) return null;
  const take = (draft: Draft) => {
    setDrafts(drafts.filter((one) => one !== draft));
    open.draft(draft);
  };
  const drop = (draft: Draft) => {
    setDrafts(drafts.filter((one) => one !== draft));
    void dropDraft(draft.design);
  };
  return (
    <Modal title="Unsaved changes were kept" onClose={() => setLater(true)}>
      <p className={styles.text}>
        ConvCanvas could not save {drafts.length === 1 ? 'this design' : 'these designs'} the last time. This browser
        kept a copy.
      </p>
      <ul className={styles.list}>
        {drafts.map((draft) => (
          <li key={draft.design}>
            <span>
              <strong>{draft.name}</strong> <time>{formatDate(draft.at)}</time>
            </span>
            <Button kind="primary" onClick={() => take(draft)}>
              Open the copy
            </Button>
            <Button onClick={() => drop(draft)}>Discard</Button>
          </li>
        ))}
      </ul>
    </Modal>
  );
}
