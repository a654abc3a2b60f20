import { useFile } from '../document/file.ts';
import { useDocument } from '../document/store.ts';
import { Button } from '../ui/Button.tsx';
import { Modal } from '../ui/Modal.tsx';
import styles from './Question.module.css';
import { useUnsaved } from './unsaved-store.ts';

/** Asks before a design that could not be saved is replaced by another. */
export function UnsavedDialog() {
  const answer = useUnsaved((state) => state.answer);
  const name = useDocument((state) => state.design.name);
  const reason = useFile((state) => state.reason);
  if (answer === undefined) return null;
  return (
    <Modal title={`${name} is not saved`} onClose={() => answer(false)}>
      <p className={styles.text}>
        The last changes could not be written: {reason || 'the connection is gone.'} They are tried again by themselves.
        If you open another design now, this browser keeps a copy of them and offers it the next time you start.
      </p>
      <div className={styles.buttons}>
        <Button kind="primary" onClick={() => answer(false)}>
          Stay with {name}
        </Button>
        <Button onClick={() => answer(true)}>Open the other design</Button>
      </div>
    </Modal>
  );
}
