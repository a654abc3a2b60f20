import type { PerChannelField } from '#core/layers/fields.ts';
import styles from '../ui/Field.module.css';
import { useTypedValue } from '../ui/use-typed-value.ts';
import { type ChannelNumbers, formatChannelNumbers, readChannelNumbers } from './channel-numbers.ts';

interface Props {
  readonly id: string;
  readonly fieldKey: string;
  readonly spec: PerChannelField;
  /** undefined: there are several, of layers that are set together. */
  readonly value: ChannelNumbers | undefined;
  readonly onChange: (value: ChannelNumbers) => void;
  readonly remember: () => () => void;
}

/** One number for all channels, or a list. */
export function PerChannelInput({ id, fieldKey, spec, value, onChange, remember }: Props) {
  const { text, refusal, type, settle, onKeyDown } = useTypedValue({
    fieldKey,
    value,
    format: formatChannelNumbers,
    read: (typed) => readChannelNumbers(typed, spec.positive),
    onChange,
    remember,
  });
  return (
    <>
      <input
        id={id}
        className={styles.input}
        type="text"
        inputMode="decimal"
        autoComplete="off"
        spellCheck={false}
        value={text}
        placeholder={value === undefined ? '—' : undefined}
        aria-invalid={refusal !== undefined}
        aria-describedby={refusal === undefined ? `${id}-help` : `${id}-fault`}
        onChange={({ target }) => type(target.value)}
        onKeyDown={onKeyDown}
        onBlur={settle}
      />
      {refusal !== undefined && (
        <p id={`${id}-fault`} className={styles.fault}>
          {refusal}{' '}
          {value === undefined ? 'Until then nothing changes.' : `Until then it stays ${formatChannelNumbers(value)}.`}
        </p>
      )}
    </>
  );
}
