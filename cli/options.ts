import { parseArgs } from 'node:util';
import { type FieldSpec, type FieldValue, fieldNeeds, fieldSchema } from '#core/layers/fields.ts';
import { UsageError } from './usage-error.ts';

type Spec = { readonly type: 'string' | 'boolean'; readonly short?: string };
export type Specs = { readonly [name: string]: Spec };
type Values<S extends Specs> = { readonly [N in keyof S]?: S[N]['type'] extends 'boolean' ? boolean : string };

/** Options and words of one command. Unknown options, and words beyond `most`, are refused. */
export function parseOptions<const S extends Specs>(
  args: readonly string[],
  specs: S,
  most: number,
): { readonly values: Values<S>; readonly words: readonly string[] } {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: specs as Record<string, { type: 'string' | 'boolean' }>,
      allowPositionals: true,
    });
    if (positionals.length > most) throw new UsageError(`"${positionals[most]}" was not expected.`);
    return { values: values as Values<S>, words: positionals };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** A whole number of at least `from`, or undefined where the option was not given. */
export function wholeOption(name: string, text: string | undefined, from: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(value) || value < from) {
    throw new UsageError(`--${name} needs a whole number from ${from}, got "${text}".`);
  }
  return value;
}

/** A word on the command line as a field's value. `name` is what the user knows the field by. */
export function fieldOption(name: string, spec: FieldSpec, text: string): FieldValue {
  const parsed = fieldSchema(spec).safeParse(text.trim() === '' ? text : typed(spec, text));
  if (!parsed.success) throw new UsageError(`${name} needs ${fieldNeeds(spec)}, got "${text}".`);
  return parsed.data;
}

function typed({ type }: FieldSpec, text: string): unknown {
  if (type === 'flag') return { true: true, false: false }[text];
  return type === 'integer' || type === 'real' ? Number(text) : text;
}

/** "0:9000" as begin and end, the end not included. */
export function rangeOption(name: string, text: string | undefined) {
  if (text === undefined) return undefined;
  const match = /^(\d+):(\d+)$/.exec(text);
  if (match === null) throw new UsageError(`--${name} needs two whole numbers as in 0:9000, got "${text}".`);
  const [begin, end] = [Number(match[1]), Number(match[2])];
  if (!Number.isSafeInteger(end)) throw new UsageError(`--${name} ${text} ends behind every image there can be.`);
  if (begin >= end) throw new UsageError(`--${name} ${text} is empty: the second number must be larger.`);
  return { begin, end };
}

/** One of the keys of `choices`, or undefined where the option was not given. */
export function choiceOption<C extends object>(
  name: string,
  text: string | undefined,
  choices: C,
): keyof C | undefined {
  if (text === undefined) return undefined;
  if (Object.hasOwn(choices, text)) return text as keyof C;
  throw new UsageError(`--${name} needs one of ${Object.keys(choices).join(', ')}, got "${text}".`);
}
