import type { FieldValue } from '#core/layers/fields.ts';

/**
 * What a value becomes. Where several layers are set together it is asked for each of them.
 *
 * @param index which of them it is
 */
export type Change = (own: FieldValue, index: number) => FieldValue;

/** The value that all have; undefined where they differ. */
export function common<V extends FieldValue>(values: readonly V[]): V | undefined {
  const [first] = values;
  const text = JSON.stringify(first);
  return values.every((value) => JSON.stringify(value) === text) ? first : undefined;
}
