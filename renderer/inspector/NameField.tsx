import { useId } from 'react';
import { nameFault } from '#core/network/names.ts';
import type { Layer } from '#core/network/network.ts';
import { layerScope } from '../document/forget-refused-text.ts';
import { edit, useDocument } from '../document/store.ts';
import styles from '../ui/Field.module.css';
import { keyOfField } from '../ui/refused-text.ts';
import { useTypedValue } from '../ui/use-typed-value.ts';

/** A layer's name. It takes effect with every key as long as it can be the layer's name. */
export function NameField({ layer }: { readonly layer: Layer }) {
  const id = useId();
  const network = useDocument(({ design }) => design.network);
  const { text, refusal, type, settle, onKeyDown } = useTypedValue({
    fieldKey: keyOfField(layerScope(layer.id), 'name'),
    value: layer.name,
    format: String,
    read: (typed) => {
      const fault = nameFault(network, layer.id, typed);
      return fault === undefined ? { value: typed } : { refusal: fault };
    },
    onChange: (name) => edit({ type: 'rename', layer: layer.id, name }),
  });
  return (
    <div className={`${styles.field} ${styles.wide}`}>
      <label htmlFor={id}>Name</label>
      <input
        id={id}
        className={styles.input}
        value={text}
        spellCheck={false}
        aria-invalid={refusal !== undefined}
        aria-describedby={refusal === undefined ? undefined : `${id}-fault`}
        onChange={({ target }) => type(target.value)}
        onKeyDown={onKeyDown}
        onBlur={settle}
      />
      {refusal !== undefined && (
        <p id={`${id}-fault`} className={styles.fault}>
          {refusal} Until then it stays {layer.name}.
        </p>
      )}
    </div>
  );
}
