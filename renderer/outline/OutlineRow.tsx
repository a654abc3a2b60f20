import { CircleX, Ellipsis } from 'lucide-react';
import { memo } from 'react';
import { useShallow } from 'zustand/react/shallow';
import type { LayerId } from '#core/network/network.ts';
import { useDocument } from '../document/store.ts';
import { RenameField } from '../ui/RenameField.tsx';
import { rename } from './actions.ts';
import styles from './Outline.module.css';
import { outlineRow } from './rows.ts';

interface Props {
  readonly id: LayerId;
  /** Whether Tab leads to this row. */
  readonly active: boolean;
  readonly renaming: boolean;
  readonly menuOpen: boolean;
  readonly onRenamed: () => void;
}

/** A layer in the outline. It looks at nothing but its own layer; keys and clicks are handled by the grid. */
export const OutlineRow = memo(function OutlineRow({ id, active, renaming, menuOpen, onRenamed }: Props) {
  const row = useDocument(useShallow(({ design, report }) => outlineRow(design.network, report, id)));
  const selected = useDocument(({ selection }) => selection.has(id));
  const tabIndex = active ? 0 : -1;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a row of ARIA's grid pattern; a table would be announced as one
    <div
      role="row"
      className={styles.row}
      data-row={id}
      data-category={row.category}
      data-problem={row.problem !== '' || undefined}
      aria-label={row.sentence}
      aria-selected={selected}
      tabIndex={tabIndex}
      title={row.problem === '' ? undefined : row.problem}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: the row has the focus */}
      <div role="gridcell" className={styles.layer}>
        {renaming ? (
          <RenameField id={id} name={row.name} onRename={(name) => rename(id, name)} onDone={onRenamed} />
        ) : (
          <span className={styles.line}>
            <span className={styles.name} title={row.name}>
              {row.name}
            </span>
            <span className={styles.volume}>{row.volume}</span>
          </span>
        )}
        <span className={styles.line}>
          <span className={styles.kind}>{row.kind}</span>
          <span className={styles.state}>{row.state}</span>
          {row.floors && (
            <span className={styles.floors} title="Rounded down: some padded pixels are never read">
              floors
            </span>
          )}
          {row.problem !== '' && <CircleX size={13} className={styles.bad} role="img" aria-label={row.problem} />}
        </span>
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: as above */}
      <div role="gridcell">
        <button
          type="button"
          className={styles.more}
          tabIndex={tabIndex}
          aria-label={`Menu of ${row.name}`}
          aria-haspopup="menu"
          aria-expanded={menuOpen}
        >
          <Ellipsis size={15} aria-hidden="true" />
        </button>
      </div>
    </div>
  );
});
