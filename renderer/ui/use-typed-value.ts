import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import type { Read } from './numbers.ts';
import { dropRefusedText, keepRefusedText, useRefusedText } from './refused-text.ts';

interface Options<V> {
  /** Tells the field from all others; what it refuses is kept under this key. */
  readonly fieldKey: string;
  /** The value in force; undefined: there are several, of layers that are set together. */
  readonly value: V | undefined;
  /** The same value has always the same text. */
  readonly format: (value: V) => string;
  readonly read: (text: string) => Read<V>;
  readonly onChange: (value: V) => void;
  /** Takes note of the value in force, or of several; the answer brings it back. */
  readonly remember?: (() => () => void) | undefined;
}

export interface TypedValue {
  readonly text: string;
  /** Why the text is refused; undefined where it is not. */
  readonly refusal: string | undefined;
  type(text: string): void;
  /** When the field loses the focus, or on Enter: what was taken is written as it always is, what was refused stays. */
  settle(): void;
  /** Escape gives up what was refused; other keys are not for it. */
  onKeyDown(event: KeyboardEvent): void;
}

/**
 * Text that takes effect with every key as long as it can be read. Where it cannot, it stays as it was typed, with the
 * reason, and the value from before the field was edited is in force again: of "2.5" no 2 is left. It stays until it is
 * corrected, given up with Escape, or the value changes from elsewhere: by undoing, by a fix.
 */
export function useTypedValue<V>({ fieldKey, value, format, read, onChange, remember }: Options<V>): TypedValue {
  const shown = value === undefined ? '' : format(value);
  const kept = useRefusedText(fieldKey);
  const refused = kept?.inForce === shown ? kept.text : undefined;
  /** What is being typed and was taken, which may be written in another way: "2.", "007". */
  const [typed, setTyped] = useState<string>();
  /** The value as this field set it last, or found it: any other comes from elsewhere. */
  const own = useRef(shown);
  /** What brings back the value from before this field was edited; none: it was not edited since it was settled. */
  const before = useRef<{ readonly restore: () => void; readonly shown: string }>(undefined);

  useEffect(() => {
    if (kept !== undefined && kept.inForce !== shown) dropRefusedText(fieldKey);
    if (shown === own.current) return;
    own.current = shown;
    before.current = undefined;
    setTyped(undefined);
  }, [fieldKey, kept, shown]);

  const take = (text: string, next: V) => {
    dropRefusedText(fieldKey);
    setTyped(text);
    before.current ??= { restore: remember?.() ?? (() => value !== undefined && onChange(value)), shown };
    own.current = format(next);
    if (own.current !== shown) onChange(next);
  };
  const refuse = (text: string) => {
    const start = before.current;
    before.current = undefined;
    setTyped(undefined);
    keepRefusedText(fieldKey, { text, inForce: start?.shown ?? shown });
    if (start === undefined || start.shown === shown) return;
    own.current = start.shown;
    start.restore();
  };
  const type = (text: string) => {
    const next = read(text);
    if (next.refusal === undefined) take(text, next.value);
    else refuse(text);
  };
  const settle = () => {
    before.current = undefined;
    setTyped(undefined);
    // What was in its way may be gone: a name that another layer had.
    const next = refused === undefined ? undefined : read(refused);
    if (next !== undefined && next.refusal === undefined) type(refused ?? '');
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') settle();
    if (event.key !== 'Escape' || refused === undefined) return;
    // It is for the field alone: neither a dialog nor the page gets it.
    event.preventDefault();
    event.stopPropagation();
    dropRefusedText(fieldKey);
  };
  const refusal = refused === undefined ? undefined : read(refused).refusal;
  return { text: refused ?? typed ?? shown, refusal, type, settle, onKeyDown };
}
