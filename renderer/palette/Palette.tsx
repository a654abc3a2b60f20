import { Fragment } from 'react';
import { CATEGORIES } from '#core/layers/define.ts';
import { LAYERS } from '#core/layers/index.ts';
import { useCanvasActions } from '../canvas/use-canvas-actions.ts';
import { categoryClass } from '../ui/category.ts';
import styles from './Palette.module.css';
import { useDragFromPalette } from './use-drag.ts';

/** Every kind of layer: click or press Enter to append one, drag one to where it should go. */
export function Palette() {
  const { append } = useCanvasActions();
  const { ghost, begin } = useDragFromPalette();
  return (
    <section className={styles.palette} aria-label="Layers">
      {CATEGORIES.map((category) => (
        <Fragment key={category}>
          <h2 className={styles.category}>{category}</h2>
          <ul className={styles.items}>
            {LAYERS.filter((definition) => definition.category === category).map(({ kind, label, summary }) => (
              <li key={kind}>
                <button
                  type="button"
                  className={styles.item}
                  data-category={categoryClass(category)}
                  title={summary}
                  onPointerDown={(event) => begin(event, kind, label)}
                  onClick={() => append(kind)}
                >
                  {label}
                </button>
              </li>
            ))}
          </ul>
        </Fragment>
      ))}
      {ghost !== undefined && (
        <div className={styles.ghost} style={{ transform: `translate(${ghost.x}px, ${ghost.y}px)` }}>
          {ghost.label}
        </div>
      )}
    </section>
  );
}
