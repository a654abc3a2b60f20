import type { z } from 'zod';

/** What a schema's types are called in messages. */
const TYPES: { readonly [type: string]: string } = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  map: 'an object',
  array: 'a list',
  tuple: 'a list',
  null: 'null',
  undefined: 'nothing',
  void: 'nothing',
};

/** What the size of a thing is counted in: numbers are compared themselves. */
const UNITS: { readonly [origin: string]: string } = { string: ' characters', array: ' items', object: ' keys' };

/** What is needed in place of a value that a schema refuses: "needs a whole number". */
export const schemaWords: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is missing' : `needs ${TYPES[issue.expected] ?? 'another value'}`;
    case 'too_small':
      return `needs ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${UNITS[issue.origin] ?? ''}`;
    case 'too_big':
      return `needs ${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}${UNITS[issue.origin] ?? ''}`;
    case 'invalid_value':
      return `needs ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`;
    case 'unrecognized_keys':
      return `has ${issue.keys.map((key) => JSON.stringify(key.slice(0, 60))).join(', ')}, which is not known`;
    default:
      return 'has another form than is needed';
  }
};

/** Faults of one value that are told. */
const TOLD = 3;

/** What is wrong with a value that a schema refused, with where: "ranges.train.begin needs a whole number". */
export function describeFaults({ issues }: z.ZodError, whole = 'it'): string {
  return issues
    .slice(0, TOLD)
    .map(({ path, message }) => `${path.length === 0 ? whole : path.map(String).join('.').slice(0, 200)} ${message}`)
    .join('; ');
}
