import type { FieldSpecs, Fields } from './fields.ts';
import { INITIALIZER_NUMBERS } from './initializers.ts';

const NUMBERS: ReadonlySet<string> = new Set(Object.values(INITIALIZER_NUMBERS));

/** A layer's fields without the numbers that its way of drawing weights does not read. */
export function relevantFields(specs: FieldSpecs, { initializer, useBias }: Fields): readonly string[] {
  const read = INITIALIZER_NUMBERS[initializer as keyof typeof INITIALIZER_NUMBERS];
  return Object.keys(specs).filter((name) => {
    if (NUMBERS.has(name)) return name === read;
    return !(useBias === false && name.startsWith('bias'));
  });
}
