import type { FieldSpec, FieldSpecs, FieldValue } from '../layers/fields.ts';
import { formatField } from '../layers/format-field.ts';
import { pair } from '../shape.ts';
import type { Change } from './diff-change.ts';

/** A field whose value differs; undefined where only the other design has the field. */
export interface FieldChange extends Change<FieldValue | undefined> {
  readonly field: string;
  /** As it is shown: "Filters (K)". */
  readonly label: string;
  /** The values as people read them; "–" where there is none. */
  readonly shown: Change<string>;
}

/** Values and what is known of them. */
export interface Valued {
  readonly specs: FieldSpecs;
  readonly values: { readonly [name: string]: FieldValue };
}

/**
 * The fields whose values differ, in the order of the specs. A size of one number and the same as a pair are the same.
 *
 * @param names the fields to compare
 */
export function diffFields(names: Iterable<string>, before: Valued, after: Valued): readonly FieldChange[] {
  return [...new Set(names)].flatMap((field) => {
    const [a, b] = [fieldOf(before, field), fieldOf(after, field)];
    if (a.plain === b.plain) return [];
    const label = (b.spec ?? a.spec)?.label ?? field;
    return [{ field, label, before: a.value, after: b.value, shown: { before: a.shown, after: b.shown } }];
  });
}

function fieldOf({ specs, values }: Valued, field: string) {
  const spec = Object.hasOwn(specs, field) ? specs[field] : undefined;
  const value = Object.hasOwn(values, field) ? values[field] : undefined;
  return { spec, value, plain: plainly(spec, value), shown: value === undefined ? '–' : formatField(spec, value) };
}

/** A value as text that is the same for values that mean the same. */
function plainly(spec: FieldSpec | undefined, value: FieldValue | undefined): string | undefined {
  const isSize = spec?.type === 'size' || spec?.type === 'padding';
  return JSON.stringify(isSize && typeof value === 'number' ? pair(value) : value);
}
