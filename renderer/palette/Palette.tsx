import { X } from 'lucide-react';
import { Fragment } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { BLOCK } from '#core/layers/block.ts';
import { CATEGORIES } from '#core/layers/define.ts';
import { LAYERS } from '#core/layers/index.ts';
import { usesOf } from '#core/network/blocks.ts';
import { type Item, useCanvasActions } from '../canvas/use-canvas-actions.ts';
import { edit, useDocument } from '../document/store.ts';
import { categoryClass } from '../ui/category.ts';
import { IconButton } from '../ui/IconButton.tsx';
import styles from './Palette.module.css';
import { useDragFromPalette } from './use-drag.ts';

interface Offer {
  readonly item: Item;
  readonly label: string;
  readonly summary: string;
}

/** Every kind of layer, then the design's blocks: click or press Enter to append one, drag one to where it should go. */
export function Palette() {
  const { append } = useCanvasActions();
  const { ghost, begin } = useDragFromPalette();
  const button = (category: string, { item, label, summary }: Offer) => (
    <button
      type="button"
      className={styles.item}
      data-category={category}
      title={summary}
      onPointerDown={(event) => begin(event, item, label)}
      onClick={() => append(item)}
    >
      {label}
    </button>
  );
  return (
    <div className={styles.palette}>
      {CATEGORIES.filter((category) => category !== 'Blocks').map((category) => (
        <Fragment key={category}>
          <h2 className={styles.category}>{category}</h2>
          <ul className={styles.items}>
            {LAYERS.filter((definition) => definition.category === category).map(({ kind, label, summary }) => (
              <li key={kind}>{button(categoryClass(category), { item: { kind }, label, summary })}</li>
            ))}
          </ul>
        </Fragment>
      ))}
      <Blocks button={button} />
      {ghost !== undefined && (
        <div className={styles.ghost} style={{ transform: `translate(${ghost.x}px, ${ghost.y}px)` }}>
          {ghost.label}
        </div>
      )}
    </div>
  );
}

/** The blocks that were made of layers of this design; those in no use can be forgotten. */
function Blocks({ button }: { readonly button: (category: string, offer: Offer) => React.ReactElement }) {
  const names = useDocument(useShallow(({ design }) => [...(design.network.blocks?.keys() ?? [])]));
  const unused = useDocument(useShallow(({ design }) => names.filter((name) => usesOf(design.network, name) === 0)));
  if (names.length === 0) return null;
  return (
    <>
      <h2 className={styles.category}>Blocks</h2>
      <ul className={styles.items}>
        {names.map((name) => (
          <li key={name} className={styles.block}>
            {button('blocks', {
              item: { kind: BLOCK, fields: { block: name } },
              label: name,
              summary: `The block ${name} of this design`,
            })}
            {unused.includes(name) && (
              <IconButton
                label={`Forget the block ${name}`}
                icon={X}
                onClick={() => edit({ type: 'remove-block', name })}
              />
            )}
          </li>
        ))}
      </ul>
    </>
  );
}
