import { Package } from 'lucide-react';
import { useId, useState } from 'react';
import { readGroup } from '#core/network/blocks.ts';
import { NAME_PATTERN } from '#core/network/names.ts';
import { makeBlockEdits } from '../canvas/show-layers.ts';
import { edit, select, useDocument } from '../document/store.ts';
import { Button } from '../ui/Button.tsx';
import styles from '../ui/Field.module.css';

/** Makes a block of the selected layers, or says why they cannot be one. */
export function MakeBlock() {
  const id = useId();
  const [name, setName] = useState('');
  const fault = useDocument(({ design, selection }) => {
    const group = readGroup(design.network, selection);
    return typeof group === 'string' ? group : undefined;
  });
  const known = useDocument(({ design }) => design.network.blocks?.has(name) === true);
  const make = () => {
    const before = useDocument.getState();
    edit(...makeBlockEdits(before.design.network, [...before.selection], name));
    const made = [...useDocument.getState().design.network.layers.keys()].filter(
      (layer) => !before.design.network.layers.has(layer),
    );
    select(made);
  };
  if (fault !== undefined) return <p className={styles.note}>They cannot be made a block: {fault}</p>;
  return (
    <form
      className={`${styles.field} ${styles.wide}`}
      onSubmit={(event) => {
        event.preventDefault();
        if (NAME_PATTERN.test(name)) make();
      }}
    >
      <label htmlFor={id}>Make a block of them, called</label>
      <input
        id={id}
        className={styles.input}
        value={name}
        maxLength={64}
        placeholder="residual"
        spellCheck={false}
        onChange={({ target }) => setName(target.value)}
      />
      {known && <p className={styles.note}>There is a block of that name: all that stand for it become this one.</p>}
      <Button icon={Package} onClick={make} disabled={!NAME_PATTERN.test(name)}>
        Make a block
      </Button>
    </form>
  );
}
