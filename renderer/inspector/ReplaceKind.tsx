import { useId } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { CATEGORIES } from '#core/layers/define.ts';
import { LAYERS } from '#core/layers/index.ts';
import type { Layer } from '#core/network/network.ts';
import { replacementsOf } from '#core/network/replacements.ts';
import { useDocument } from '../document/store.ts';
import { replace } from '../outline/actions.ts';
import styles from '../ui/Field.module.css';

/** Makes a layer one of another kind, with all of its connections. Only kinds that go with them are offered. */
export function ReplaceKind({ layer }: { readonly layer: Layer }) {
  const id = useId();
  const kinds = useDocument(useShallow(({ design }) => replacementsOf(design.network, layer.id)));
  const offered = LAYERS.filter(({ kind }) => kinds.includes(kind));
  if (offered.length === 0) return null;
  return (
    <div className={`${styles.field} ${styles.wide}`}>
      <label htmlFor={id}>Kind</label>
      <select id={id} className={styles.input} value="" onChange={({ target }) => replace(layer.id, target.value)}>
        <option value="" disabled>
          Replace it with…
        </option>
        {CATEGORIES.map((category) => {
          const ofCategory = offered.filter((definition) => definition.category === category);
          return (
            ofCategory.length > 0 && (
              <optgroup key={category} label={category}>
                {ofCategory.map(({ kind, label }) => (
                  <option key={kind} value={kind}>
                    {label}
                  </option>
                ))}
              </optgroup>
            )
          );
        })}
      </select>
    </div>
  );
}
