import { useId } from 'react';
import styles from './Segmented.module.css';

interface Props<V extends string> {
  readonly label: string;
  /** The choices by value, as they are shown. */
  readonly choices: { readonly [K in V]: string };
  readonly value: V;
  readonly onChange: (value: V) => void;
}

/** A few choices side by side, of which one holds. */
export function Segmented<V extends string>({ label, choices, value, onChange }: Props<V>) {
  const name = useId();
  return (
    <fieldset className={styles.group}>
      <legend>{label}</legend>
      <div className={styles.choices}>
        {(Object.entries(choices) as [V, string][]).map(([choice, text]) => (
          <label key={choice} className={styles.choice}>
            <input type="radio" name={name} checked={choice === value} onChange={() => onChange(choice)} />
            {text}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
