import { Modal } from '../ui/Modal.tsx';
import { closeCommands, useCommands } from './command-store.ts';
import { Keycap } from './Keycap.tsx';
import type { Keys } from './keys.ts';
import styles from './ShortcutsDialog.module.css';
import { COMMANDS, GROUPS, OTHER_KEYS } from './table.ts';

const SHORTCUTS = [
  ...COMMANDS.map(({ title, group, keys = [], canvasKeys = [] }) => ({ title, group, keys: [...keys, ...canvasKeys] })),
  ...OTHER_KEYS,
].filter(({ keys }) => keys.length > 0);

/** Every key that does something, as the table of commands has them. */
export function ShortcutsDialog() {
  const open = useCommands((state) => state.open === 'shortcuts');
  if (!open) return null;
  return (
    // React Flow leaves keys alone that are pressed in a "nokey": Delete would remove layers unseen.
    <Modal title="Keyboard shortcuts" onClose={closeCommands} className={`${styles.popup} nokey`}>
      <div className={styles.groups}>
        {GROUPS.map((group) => (
          <Shortcuts key={group} title={group} list={SHORTCUTS.filter((shortcut) => shortcut.group === group)} />
        ))}
      </div>
    </Modal>
  );
}

interface ShortcutsProps {
  readonly title: string;
  readonly list: readonly { readonly title: string; readonly keys: readonly Keys[] }[];
}

function Shortcuts({ title, list }: ShortcutsProps) {
  if (list.length === 0) return null;
  return (
    <section className={styles.group}>
      <h3>{title}</h3>
      <dl>
        {list.map((shortcut) => (
          <div key={shortcut.title}>
            <dt>{shortcut.title.replace(/…$/, '')}</dt>
            <dd>
              {shortcut.keys.map((keys) => (
                <Keycap key={keys} keys={keys} />
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
