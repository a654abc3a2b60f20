import { Copy, Trash2 } from 'lucide-react';
import { duplicate } from '../document/clipboard.ts';
import { edit, useDocument } from '../document/store.ts';
import { IconButton } from '../ui/IconButton.tsx';
import styles from './LayerSettings.module.css';

/** What can be done with all that is selected. */
export function SelectionActions() {
  const remove = () => edit({ type: 'remove', layers: [...useDocument.getState().selection] });
  return (
    <span className={styles.actions}>
      <IconButton label="Duplicate" icon={Copy} onClick={duplicate} />
      <IconButton label="Delete" icon={Trash2} onClick={remove} />
    </span>
  );
}
