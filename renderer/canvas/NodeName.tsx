import { canvasLayer } from '#core/network/expand.ts';
import type { LayerId } from '#core/network/network.ts';
import { rename } from '../outline/actions.ts';
import { RenameField } from '../ui/RenameField.tsx';
import styles from './LayerNode.module.css';
import { beginRename, endRename, useRenaming } from './rename-store.ts';

interface Props {
  readonly id: LayerId;
  readonly name: string;
  readonly className?: string | undefined;
}

/** A layer's name on its node; a double click, or F2, lets it be changed there. Layers in a block keep theirs. */
export function NodeName({ id, name, className = styles.name }: Props) {
  const renaming = useRenaming(({ layer }) => layer === id);
  if (canvasLayer(id) !== id) {
    return (
      <span className={className} title={name}>
        {name}
      </span>
    );
  }
  if (!renaming) {
    return (
      // biome-ignore lint/a11y/noStaticElementInteractions: F2 does the same for the layer that is selected
      <span
        className={className}
        title={`${name}: double-click to rename`}
        onDoubleClick={(event) => {
          event.stopPropagation(); // that of a block's node shows its layers
          beginRename(id);
        }}
      >
        {name}
      </span>
    );
  }
  return (
    <span className={`${styles.rename} nodrag nopan`}>
      <RenameField id={id} name={name} onRename={(to) => rename(id, to)} onDone={endRename} />
    </span>
  );
}
