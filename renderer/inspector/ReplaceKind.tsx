import { useId } from 'react';
import { CATEGORIES } from '#core/layers/define.ts';
import { LAYERS } from '#core/layers/index.ts';
import type { Layer } from '#core/network/network.ts';
import { edit, useDocument } from '../document/store.ts';
import styles from '../ui/Field.module.css';

/** Makes a layer one of another kind, with all of its connections. Only kinds that take as many inputs are offered. */
export function ReplaceKind({ layer }: { readonly layer: Layer }) {
  const id = useId();
  const inputs = useDocument(({ design }) => design.network.edges.filter(({ to }) => to === layer.id).length);
  const offered = LAYERS.filter(
    ({ kind, arity }) => kind !== layer.kind && (arity.max === 0) === (layer.kind === 'Input') && arity.max >= inputs,
  );
  if (offered.length === 0) return null;
  return (
    <div className={`${styles.field} ${styles.wide}`}>
      <label htmlFor={id}>Kind</label>
      <select
        id={id}
        className={styles.input}
        value=""
        onChange={({ target }) => edit({ type: 'replace', layer: layer.id, kind: target.value })}
      >
        <option value="" disabled>
          Replace it with…
        </option>
        {CATEGORIES.map((category) => {
          const kinds = offered.filter((definition) => definition.category === category);
          return (
            kinds.length > 0 && (
              <optgroup key={category} label={category}>
                {kinds.map(({ kind, label }) => (
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
