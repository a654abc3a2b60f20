import { Package, Replace } from 'lucide-react';
import { useId, useState } from 'react';
import { freeBlockName, readGroup, usesOf } from '#core/network/blocks.ts';
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
  const free = useDocument(({ design }) => freeBlockName(design.network, name));
  const uses = useDocument(({ design }) => usesOf(design.network, name));
  const make = (replace: boolean) => {
    const before = useDocument.getState();
    edit(...makeBlockEdits(before.design.network, [...before.selection], name, replace));
    const made = [...useDocument.getState().design.network.layers.keys()].filter(
      (layer) => !before.design.network.layers.has(layer),
    );
    select(made);
  };
  if (fault !== undefined) return <p className={styles.note}>They cannot be made a block: {fault}</p>;
  const isName = NAME_PATTERN.test(name);
  const isKnown = isName && free !== name;
  const placed = uses === 1 ? 'once' : `${uses} times`;
  return (
    <form
      className={`${styles.field} ${styles.wide}`}
      onSubmit={(event) => {
        event.preventDefault();
        if (isName) make(false);
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
      {isKnown && (
        <p className={styles.note}>
          There is a block called {name}, placed {placed}. It stays what it is, unless you replace it.
        </p>
      )}
      <Button icon={Package} onClick={() => make(false)} disabled={!isName}>
        {isKnown ? `Make a block called ${free}` : 'Make a block'}
      </Button>
      {isKnown && (
        <Button icon={Replace} onClick={() => make(true)}>
          Replace {name} everywhere
        </Button>
      )}
    </form>
  );
}
