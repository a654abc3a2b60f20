import { parseDecimal, type Read } from '../ui/numbers.ts';

/** One number for all channels, or one for each. */
export type ChannelNumbers = number | readonly number[];

const NEEDED = 'Type one number, or one for each channel with a comma and a space between.';

/**
 * Reads "255", "123.7, 116.3, 103.5" or, with decimal commas, "123,7; 116,3; 103,5". Where a comma may be either, it is
 * refused.
 */
export function readChannelNumbers(text: string, positive: boolean): Read<ChannelNumbers> {
  const trimmed = text.trim().replace(/[,;]$/, '');
  // One comma between digits, and nothing that says what it is: "0,5".
  if (/^[+-]?\d+,\d+$/.test(trimmed)) {
    const [whole = '', decimals = ''] = trimmed.split(',');
    return { refusal: `Type ${whole}.${decimals} or ${whole}, ${decimals}: "${trimmed}" may mean both.` };
  }
  const numbers = split(trimmed).map(parseDecimal);
  if (numbers.length === 0 || numbers.includes(undefined)) return { refusal: NEEDED };
  const values = numbers as readonly number[];
  if (positive && values.some((value) => value <= 0)) return { refusal: 'Type numbers above 0.' };
  return { value: values.length === 1 ? (values[0] as number) : values };
}

/** Commas separate where they stand before a space, or where there are points for the decimals or more than one comma. */
function split(text: string): readonly string[] {
  const parts = (by: RegExp) => text.split(by).filter(Boolean);
  if (text.includes(';')) return parts(/\s*;\s*/);
  if (/\s/.test(text)) return parts(/,?\s+/);
  return parts(/,/);
}

export function formatChannelNumbers(value: ChannelNumbers): string {
  return typeof value === 'number' ? String(value) : value.join(', ');
}
