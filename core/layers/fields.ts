import { z } from 'zod';
import type { Padding, Size } from '../shape.ts';

/**
 * The kinds of hyperparameter a layer may have. From a spec come the field's type, its default, its schema (which also
 * validates files) and its control in "Layer settings".
 */
interface Labelled {
  /** As shown, with the lectures' letter: "Filters (K)". */
  readonly label: string;
  /** One sentence for a student. */
  readonly help: string;
  /** The group that it is shown in, folded up until somebody looks for it; none: always in sight. */
  readonly section?: string;
  /** It came after the first files were written: where a file lacks it, it is its default, which changes nothing. */
  readonly added?: true;
}

export interface IntegerField extends Labelled {
  readonly type: 'integer';
  readonly default: number;
  readonly min: number;
  readonly max: number;
}
export interface RealField extends Labelled {
  readonly type: 'real';
  readonly default: number;
  readonly min: number;
  readonly max: number;
}
export interface FlagField extends Labelled {
  readonly type: 'flag';
  readonly default: boolean;
}
export interface ChoiceField<C extends string = string> extends Labelled {
  readonly type: 'choice';
  readonly default: NoInfer<C>;
  readonly choices: { readonly [K in C]: string };
}
/** One whole number, or [height, width]. */
export interface SizeField extends Labelled {
  readonly type: 'size';
  readonly default: Size;
  readonly min: number;
  readonly max: number;
}
/** A size of 0 or more, or `same`. */
export interface PaddingField extends Labelled {
  readonly type: 'padding';
  readonly default: Padding;
  readonly max: number;
  readonly allowSame: boolean;
}
/** One number for all channels, or one for each. */
export interface PerChannelField extends Labelled {
  readonly type: 'perChannel';
  readonly default: number | readonly number[];
  readonly positive: boolean;
}

/** A name or a word. */
export interface TextField extends Labelled {
  readonly type: 'text';
  readonly default: string;
  readonly longest: number;
}

export type FieldSpec =
  | TextField
  | IntegerField
  | RealField
  | FlagField
  | ChoiceField
  | SizeField
  | PaddingField
  | PerChannelField;
export type FieldSpecs = { readonly [name: string]: FieldSpec };

export type FieldValue = number | boolean | string | readonly number[];
/** A layer's hyperparameters as they are stored, by field name. */
export type Fields = { readonly [name: string]: FieldValue };

/** Values for fields of which a file may lack those that came later. */
export function withAdded<V>(specs: FieldSpecs, fields: { readonly [name: string]: V }) {
  const missing = Object.entries(specs).filter(([name, spec]) => spec.added && fields[name] === undefined);
  if (missing.length === 0) return fields;
  return { ...fields, ...Object.fromEntries(missing.map(([name, spec]) => [name, spec.default as V])) };
}

type ValueOf<S extends FieldSpec> = S extends IntegerField | RealField
  ? number
  : S extends FlagField
    ? boolean
    : S extends ChoiceField<infer C>
      ? C
      : S extends SizeField
        ? Size
        : S extends PaddingField
          ? Padding
          : S extends PerChannelField
            ? number | readonly number[]
            : S extends TextField
              ? string
              : never;

export type FieldsOf<S extends FieldSpecs> = { readonly [F in keyof S]: ValueOf<S[F]> };

/** A value for every field: its default. */
export function defaultsOf<S extends FieldSpecs>(specs: S): FieldsOf<S> {
  return Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, spec.default])) as FieldsOf<S>;
}

type Rest<S> = Omit<S, 'type'>;
export const integer = (spec: Rest<IntegerField>): IntegerField => ({ type: 'integer', ...spec });
export const real = (spec: Rest<RealField>): RealField => ({ type: 'real', ...spec });
export const flag = (spec: Rest<FlagField>): FlagField => ({ type: 'flag', ...spec });
export const choice = <C extends string>(spec: Rest<ChoiceField<C>>): ChoiceField<C> => ({ type: 'choice', ...spec });
export const size = (spec: Rest<SizeField>): SizeField => ({ type: 'size', ...spec });
export const padding = (spec: Rest<PaddingField>): PaddingField => ({ type: 'padding', ...spec });
export const text = (spec: Rest<TextField>): TextField => ({ type: 'text', ...spec });
export const perChannel = (spec: Rest<PerChannelField>): PerChannelField => ({ type: 'perChannel', ...spec });

/** Channels a per-channel field may name: bounds what a file can make the program allocate. */
const MAX_CHANNELS = 4096;

const SCHEMAS: { readonly [T in FieldSpec['type']]: (spec: never) => z.ZodType<FieldValue> } = {
  integer: ({ min, max }: IntegerField) => z.int().min(min).max(max),
  real: ({ min, max }: RealField) => z.number().min(min).max(max),
  text: ({ longest }: TextField) => z.string().max(longest),
  flag: () => z.boolean(),
  choice: ({ choices }: ChoiceField) => z.enum(Object.keys(choices) as [string, ...string[]]),
  size: ({ min, max }: SizeField) => sizeSchema(min, max),
  padding: ({ max, allowSame }: PaddingField) =>
    allowSame ? z.union([sizeSchema(0, max), z.literal('same')]) : sizeSchema(0, max),
  perChannel: ({ positive }: PerChannelField) => {
    const number = positive ? z.number().positive() : z.number();
    return z.union([number, z.array(number).min(1).max(MAX_CHANNELS)]);
  },
};

function sizeSchema(min: number, max: number) {
  const length = z.int().min(min).max(max);
  return z.union([length, z.tuple([length, length])]);
}

/** What a field accepts, as a schema. */
export function fieldSchema(spec: FieldSpec): z.ZodType<FieldValue> {
  return SCHEMAS[spec.type](spec as never);
}

/** What a field accepts, in words: "a whole number from 1 to 65536". */
export function fieldNeeds(spec: FieldSpec): string {
  switch (spec.type) {
    case 'integer':
      return `a whole number from ${spec.min} to ${spec.max}`;
    case 'real':
      return `a number from ${spec.min} to ${spec.max}`;
    case 'text':
      return `up to ${spec.longest} characters`;
    case 'flag':
      return 'true or false';
    case 'choice':
      return `one of ${Object.keys(spec.choices)
        .map((choice) => `"${choice}"`)
        .join(', ')}`;
    case 'size':
      return `a whole number from ${spec.min} to ${spec.max}, or two of them as [height, width]`;
    case 'padding':
      return `a whole number from 0 to ${spec.max}, or two as [height, width]${spec.allowSame ? ', or "same"' : ''}`;
    case 'perChannel':
      return `${spec.positive ? 'a number above 0' : 'a number'}, or a list with one for each channel`;
    default:
      return spec satisfies never;
  }
}
