import { useEffect, useState } from 'react';
import styles from './Field.module.css';

interface Props {
  readonly id: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  /** Whole numbers only. */
  readonly whole: boolean;
  readonly disabled?: boolean;
  readonly describedBy?: string;
  readonly onChange: (value: number) => void;
}

/** What is wrong with a typed number, or undefined. */
function faultOf(text: string, { min, max, whole }: Pick<Props, 'min' | 'max' | 'whole'>): string | undefined {
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value)) return `Type a number from ${min} to ${max}.`;
  if (whole && !Number.isInteger(value)) return `Type a whole number from ${min} to ${max}.`;
  return value < min || value > max
    ? `Type ${whole ? 'a whole number' : 'a number'} from ${min} to ${max}.`
    : undefined;
}

/**
 * A number that takes effect with every key. While what is typed is no valid number the last valid one stays in force,
 * and the field says what it needs.
 */
export function NumberInput({ id, value, min, max, whole, disabled = false, describedBy, onChange }: Props) {
  const [text, setText] = useState(String(value));
  // The value may change from elsewhere: by undoing, by a fix, by selecting another layer.
  useEffect(() => {
    setText((shown) => (Number(shown) === value && shown.trim() !== '' ? shown : String(value)));
  }, [value]);
  const fault = disabled ? undefined : faultOf(text, { min, max, whole });
  return (
    <>
      <input
        id={id}
        className={styles.input}
        type="number"
        inputMode={whole ? 'numeric' : 'decimal'}
        value={text}
        min={min}
        max={max}
        step={whole ? 1 : 'any'}
        disabled={disabled}
        aria-invalid={fault !== undefined}
        aria-describedby={fault === undefined ? describedBy : `${id}-fault`}
        onChange={({ target }) => {
          setText(target.value);
          if (faultOf(target.value, { min, max, whole }) === undefined) onChange(Number(target.value));
        }}
        onBlur={() => {
          if (fault !== undefined) setText(String(value));
        }}
      />
      {fault !== undefined && (
        <p id={`${id}-fault`} className={styles.fault}>
          {fault}
        </p>
      )}
    </>
  );
}
