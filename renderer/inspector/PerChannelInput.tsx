import { useEffect, useState } from 'react';
import type { FieldValue, PerChannelField } from '#core/layers/fields.ts';
import styles from '../ui/Field.module.css';

/** "255" or "123.7, 116.3, 103.5": the numbers, or why they are none. */
function parse(text: string, positive: boolean): readonly number[] | string {
  const numbers = text
    .split(/[,;\s]+/)
    .filter(Boolean)
    .map(Number);
  if (numbers.length === 0 || numbers.some((value) => !Number.isFinite(value))) {
    return 'Type one number, or one for each channel with commas between.';
  }
  return positive && numbers.some((value) => value <= 0) ? 'Type numbers above 0.' : numbers;
}

function format(value: number | readonly number[]): string {
  return typeof value === 'number' ? String(value) : value.join(', ');
}

/** One number for all channels, or a list. */
export function PerChannelInput({
  id,
  spec,
  value,
  onChange,
}: {
  readonly id: string;
  readonly spec: PerChannelField;
  readonly value: number | readonly number[];
  readonly onChange: (value: FieldValue) => void;
}) {
  const [text, setText] = useState(format(value));
  const shown = format(value);
  useEffect(() => {
    setText((typed) => {
      const numbers = parse(typed, spec.positive);
      return typeof numbers !== 'string' && numbers.join() === shown.replaceAll(' ', '') ? typed : shown;
    });
  }, [shown, spec.positive]);
  const parsed = parse(text, spec.positive);
  const fault = typeof parsed === 'string' ? parsed : undefined;
  return (
    <>
      <input
        id={id}
        className={styles.input}
        type="text"
        inputMode="decimal"
        value={text}
        aria-invalid={fault !== undefined}
        aria-describedby={fault === undefined ? `${id}-help` : `${id}-fault`}
        onChange={({ target }) => {
          setText(target.value);
          const numbers = parse(target.value, spec.positive);
          if (typeof numbers !== 'string') onChange(numbers.length === 1 ? (numbers[0] as number) : numbers);
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
