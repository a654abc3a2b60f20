import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { nameFault } from '#core/network/names.ts';
import type { LayerId } from '#core/network/network.ts';
import { useDocument } from '../document/store.ts';
import fieldStyles from './Field.module.css';
import styles from './RenameField.module.css';

interface Props {
  readonly id: LayerId;
  readonly name: string;
  readonly onRename: (name: string) => void;
  readonly onDone: () => void;
}

/** A layer's name being changed where it stands: Enter takes it, Escape leaves it as it was. */
export function RenameField({ id, name, onRename, onDone }: Props) {
  const faultId = useId();
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(name);
  const fault = useDocument(({ design }) => nameFault(design.network, id, text));
  const done = useRef(false);
  useEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, []);
  const finish = (take: boolean) => {
    // Once the row has the focus again, this field loses it: that is no second answer.
    if (done.current) return;
    done.current = true;
    if (take && fault === undefined && text !== name) onRename(text);
    onDone();
  };
  const key = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && fault === undefined) finish(true);
    if (event.key === 'Escape') finish(false);
    event.stopPropagation();
  };
  return (
    <span className={styles.rename}>
      <input
        ref={field}
        className={fieldStyles.input}
        aria-label={`New name of ${name}`}
        value={text}
        spellCheck={false}
        aria-invalid={fault !== undefined}
        aria-describedby={fault === undefined ? undefined : faultId}
        onChange={({ target }) => setText(target.value)}
        onKeyDown={key}
        // A name that is refused stays until it is corrected, or given up with Escape.
        onBlur={() => fault === undefined && finish(true)}
      />
      {fault !== undefined && (
        <span id={faultId} className={styles.fault}>
          {fault}
        </span>
      )}
    </span>
  );
}
