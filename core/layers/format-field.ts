import { formatSize, type Size } from '../shape.ts';
import type { FieldSpec, FieldValue } from './fields.ts';

/** Numbers of a list that are written out. */
const MOST = 8;

/**
 * A field's value as people read it: a choice by its words, a flag as yes or no, a size of two numbers as width × height.
 *
 * @param spec none for a field of a kind that this version does not know
 */
export function formatField(spec: FieldSpec | undefined, value: FieldValue): string {
  switch (spec?.type) {
    case 'choice':
      return spec.choices[String(value)] ?? String(value);
    case 'flag':
      return value === true ? 'yes' : 'no';
    case 'size':
    case 'padding':
      return Array.isArray(value) ? formatSize(value as unknown as Size) : String(value);
    case 'perChannel':
      return Array.isArray(value) ? formatList(value) : String(value);
    case 'text':
      return value === '' ? '(empty)' : String(value);
    case 'integer':
    case 'real':
      return String(value);
    case undefined:
      return typeof value === 'string' ? value : JSON.stringify(value);
    default:
      return spec satisfies never;
  }
}

function formatList(numbers: readonly number[]): string {
  const shown = numbers.slice(0, MOST).join(', ');
  return numbers.length > MOST ? `${shown}, … (${numbers.length} numbers)` : shown;
}
