import { ChevronDown, ChevronUp } from 'lucide-react';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import styles from './Field.module.css';
import { type NumberLimits, readNumber, stepNumber } from './numbers.ts';
import { useTypedValue } from './use-typed-value.ts';

interface Props extends NumberLimits {
  readonly id: string;
  /** Tells the field from all others: what it refuses is kept under this key. */
  readonly fieldKey: string;
  /** undefined: there are several, of layers that are set together. */
  readonly value: number | undefined;
  readonly disabled?: boolean;
  readonly describedBy?: string;
  readonly onChange: (value: number) => void;
  /** Takes note of the value in force, or of several; the answer brings it back. */
  readonly remember?: (() => () => void) | undefined;
}

/** What arrow keys step by, in the number's last place. */
const STEPS: { readonly [key: string]: number } = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 };
/** Milliseconds until a spin button that is held down repeats, and between two repetitions. */
const REPEAT = { after: 400, every: 60 } as const;

/**
 * A number that takes effect with every key. Text, and no <input type="number">: that one hides from the page whatever
 * is no number ("12abc", "2.5.1"), cuts what is pasted and changes under the wheel (decision 0025).
 */
export function NumberInput({
  id,
  fieldKey,
  value,
  disabled = false,
  describedBy,
  onChange,
  remember,
  ...limits
}: Props) {
  const { text, refusal, type, settle, onKeyDown } = useTypedValue({
    fieldKey,
    value,
    format: String,
    read: (typed) => readNumber(typed, limits),
    onChange,
    remember,
  });
  const input = useRef<HTMLInputElement>(null);
  const [isUnderPointer, setUnderPointer] = useState(false);
  const step = (by: number) => {
    if (value === undefined) return;
    type(String(stepNumber(value, by, limits)));
    settle();
  };
  const key = (event: KeyboardEvent) => {
    const by = STEPS[event.key];
    if (by === undefined || event.altKey || event.ctrlKey || event.metaKey) return onKeyDown(event);
    event.preventDefault();
    step(by);
  };
  const isRefused = refusal !== undefined && !disabled;
  return (
    <>
      <span
        className={styles.number}
        onPointerEnter={() => setUnderPointer(true)}
        onPointerLeave={() => setUnderPointer(false)}
      >
        <input
          ref={input}
          id={id}
          className={styles.input}
          type="text"
          role="spinbutton"
          inputMode={limits.whole ? 'numeric' : 'decimal'}
          autoComplete="off"
          spellCheck={false}
          value={text}
          placeholder={value === undefined ? '—' : undefined}
          disabled={disabled}
          aria-valuenow={value}
          aria-valuemin={limits.min}
          aria-valuemax={limits.max}
          aria-valuetext={text === '' ? 'differs' : text}
          aria-invalid={isRefused}
          aria-describedby={isRefused ? `${id}-fault` : describedBy}
          onChange={({ target }) => type(target.value)}
          onKeyDown={key}
          onBlur={settle}
        />
        {isUnderPointer && !disabled && value !== undefined && (
          <span className={styles.spin} aria-hidden="true">
            <SpinButton by={1} step={step} input={input} />
            <SpinButton by={-1} step={step} input={input} />
          </span>
        )}
      </span>
      {isRefused && (
        <p id={`${id}-fault`} className={styles.fault}>
          {refusal} {value === undefined ? 'Until then nothing changes.' : `Until then it stays ${value}.`}
        </p>
      )}
    </>
  );
}

interface SpinProps {
  readonly by: 1 | -1;
  readonly step: (by: number) => void;
  readonly input: React.RefObject<HTMLInputElement | null>;
}

/** Steps while it is held down, as those of the system do. For the pointer: with keys, arrows do the same. */
function SpinButton({ by, step, input }: SpinProps) {
  const Icon = by === 1 ? ChevronUp : ChevronDown;
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  /** The latest: each step begins at the value that the one before led to. */
  const latest = useRef(step);
  useEffect(() => {
    latest.current = step;
  });
  const end = () => clearTimeout(timer.current);
  useEffect(() => () => clearTimeout(timer.current), []);
  const repeat = (after: number) => {
    latest.current(by);
    timer.current = setTimeout(() => repeat(REPEAT.every), after);
  };
  return (
    <button
      type="button"
      tabIndex={-1}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        // The field gets the focus, so that keys go on from there.
        event.preventDefault();
        input.current?.focus();
        event.currentTarget.setPointerCapture(event.pointerId);
        repeat(REPEAT.after);
      }}
      onPointerUp={end}
      onPointerCancel={end}
    >
      <Icon size={11} />
    </button>
  );
}
