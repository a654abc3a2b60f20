/** What a number field takes. */
export interface NumberLimits {
  readonly min: number;
  readonly max: number;
  /** Whole numbers only. */
  readonly whole: boolean;
}

/** What was read from a text: a value, or why it is refused. */
export type Read<V> = { readonly value: V; readonly refusal?: undefined } | { readonly refusal: string };

/** Digits with one decimal point or comma, and an exponent: "12", "0.5", "0,5", ".5", "1e-4". */
const NUMBER = /^[+-]?(?:\d+[.,]?\d*|[.,]\d+)(?:e[+-]?\d+)?$/i;
/** A number in which the separator may stand before decimals or between thousands: "1,000". */
const AMBIGUOUS = /^[+-]?[1-9]\d{0,2}[.,]\d{3}$/;

/** The number that a text is, with a decimal point or a decimal comma; undefined where it is none. */
export function parseDecimal(text: string): number | undefined {
  const plain = text.trim().replaceAll('−', '-');
  return NUMBER.test(plain) ? Number(plain.replace(',', '.')) : undefined;
}

/** Reads a number, or says what is needed. Nothing is rounded, cut or guessed. */
export function readNumber(text: string, { min, max, whole }: NumberLimits): Read<number> {
  const value = parseDecimal(text);
  // A point before decimals is how this program writes them; in a whole number it may as well stand between thousands.
  if (AMBIGUOUS.test(text.trim()) && (whole || text.includes(','))) {
    const thousands = text.trim().replace(/[.,]/, '');
    if (whole && !Number.isInteger(value)) return { refusal: `Type ${thousands}, without a separator.` };
    return { refusal: `Type ${thousands} or ${String(value)}: "${text.trim()}" may mean both.` };
  }
  if (value === undefined || (whole && !Number.isInteger(value)) || value < min || value > max) {
    return { refusal: `Type a ${whole ? 'whole ' : ''}number from ${min} to ${max}.` };
  }
  return { value };
}

/** How far the last digit of a number counts: 1 for 12, 0.01 for 0.05, 1e-8 for 1e-8. */
function lastPlace(value: number): number {
  const [digits = '', exponent = '0'] = String(value).split('e');
  return 10 ** (Number(exponent) - (digits.split('.')[1]?.length ?? 0));
}

/** The number that an arrow key leads to: one more or less in its last place, within the limits. */
export function stepNumber(value: number, by: number, { min, max, whole }: NumberLimits): number {
  const place = whole ? 1 : value === 0 ? Math.min(1, 10 ** (Math.floor(Math.log10(max)) - 2)) : lastPlace(value);
  // 0.1 + 0.2 is 0.3 here.
  const stepped = Number((value + by * Math.min(1, place)).toPrecision(12));
  return Math.min(max, Math.max(min, stepped));
}
