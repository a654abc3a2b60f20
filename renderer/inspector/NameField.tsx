import { useEffect, useId, useState } from 'react';
import { MAX_NAME_LENGTH, NAME_PATTERN, nameFault } from '#core/network/names.ts';
import type { Layer } from '#core/network/network.ts';
import { edit, useDocument } from '../document/store.ts';
import styles from '../ui/Field.module.css';

/** A layer's name. It takes effect with every key as long as it can be a name. */
export function NameField({ layer }: { readonly layer: Layer }) {
  const id = useId();
  const [text, setText] = useState(layer.name);
  useEffect(() => setText(layer.name), [layer.name]);
  const fault = useDocument(({ design }) => nameFault(design.network, layer.id, text));
  return (
    <div className={`${styles.field} ${styles.wide}`}>
      <label htmlFor={id}>Name</label>
      <input
        id={id}
        className={styles.input}
        value={text}
        maxLength={MAX_NAME_LENGTH}
        spellCheck={false}
        aria-invalid={fault !== undefined}
        aria-describedby={fault === undefined ? undefined : `${id}-fault`}
        onChange={({ target }) => {
          setText(target.value);
          if (NAME_PATTERN.test(target.value)) edit({ type: 'rename', layer: layer.id, name: target.value });
        }}
        onBlur={() => setText(layer.name)}
      />
      {fault !== undefined && (
        <p id={`${id}-fault`} className={styles.fault}>
          {fault}
        </p>
      )}
    </div>
  );
}
