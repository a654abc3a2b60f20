import type { LayerId } from '#core/network/network.ts';
import { edit } from '../document/store.ts';
import { RenameField } from '../ui/RenameField.tsx';
import styles from './LayerNode.module.css';
import { beginRename, endRename, useRenaming } from './rename-store.ts';

/** A layer's name on its node; a double click, or F2, lets it be changed there. */
export function NodeName({ id, name }: { readonly id: LayerId; readonly name: string }) {
  const renaming = useRenaming(({ layer }) => layer === id);
  if (!renaming) {
    return (
      // biome-ignore lint/a11y/noStaticElementInteractions: F2 does the same for the layer that is selected
      <span className={styles.name} title={`${name}: double-click to rename`} onDoubleClick={() => beginRename(id)}>
        {name}
      </span>
    );
  }
  return (
    <span className={`${styles.rename} nodrag nopan`}>
      <RenameField
        id={id}
        name={name}
        onRename={(to) => edit({ type: 'rename', layer: id, name: to })}
        onDone={endRename}
      />
    </span>
  );
}
