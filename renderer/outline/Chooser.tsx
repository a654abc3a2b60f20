import { Autocomplete } from '@base-ui/react/autocomplete';
import { useRef } from 'react';
import fields from '../ui/Field.module.css';
import { Modal } from '../ui/Modal.tsx';
import styles from './Chooser.module.css';
import type { Choice } from './choices.ts';

interface Props<T> {
  readonly title: string;
  /** What to type: "Name of the layer". */
  readonly label: string;
  readonly choices: readonly Choice<T>[];
  /** What to say where nothing can be chosen. */
  readonly none: string;
  readonly onChoose: (value: T) => void;
  readonly onClose: () => void;
}

/** A list in a dialog: type to filter it, choose with the arrow keys and Enter, or with the pointer. */
export function Chooser<T>({ title, label, choices, none, onChoose, onClose }: Props<T>) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <Modal title={title} onClose={onClose} className={styles.popup} initialFocus={input}>
      {choices.length === 0 ? (
        <p className={styles.none}>{none}</p>
      ) : (
        <Autocomplete.Root
          open
          inline
          items={choices}
          autoHighlight="always"
          keepHighlight
          itemToStringValue={(choice: Choice<T>) => `${choice.label} ${choice.detail}`}
        >
          <Autocomplete.Input ref={input} className={fields.input} aria-label={label} placeholder={label} />
          <Autocomplete.Empty className={styles.none}>Nothing is called that.</Autocomplete.Empty>
          <Autocomplete.List className={styles.list} aria-label={title}>
            {(choice: Choice<T>) => (
              <Autocomplete.Item
                key={choice.id}
                value={choice}
                className={styles.choice}
                onClick={() => {
                  onChoose(choice.value);
                  onClose();
                }}
              >
                <span className={styles.label}>{choice.label}</span>{' '}
                <span className={styles.detail}>{choice.detail}</span>
              </Autocomplete.Item>
            )}
          </Autocomplete.List>
        </Autocomplete.Root>
      )}
    </Modal>
  );
}
