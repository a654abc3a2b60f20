import { type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf';
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { ModelProtoSchema, TensorProtoSchema } from 'onnx-buf';

/**
 * Bounds on what a model can make its reader allocate: each field becomes an object, each listed integer a bigint. Raw data
 * is as large as it is in the file. A network of a thousand nodes has some 50,000 fields.
 */
const MAX_FIELDS = 500_000;
const MAX_INTEGERS = 4_000_000;
const MAX_DEPTH = 32;

/** Numbers that take no more room when they are read than in the file, but for a factor of two. */
const PLAIN: ReadonlySet<ScalarType> = new Set([ScalarType.FLOAT, ScalarType.DOUBLE]);

/** `external_data` and `data_location` of a TensorProto. */
const EXTERNAL_DATA = 13;

/** What is wrong with the bytes of an ONNX model, as a sentence; undefined where nothing is. They are gone through, not read. */
export function modelFault(bytes: Uint8Array): string | undefined {
  const found = { fields: 0, integers: 0, external: false };
  try {
    walk(bytes, ModelProtoSchema, 0, found);
  } catch (error) {
    if (error instanceof TooMuchError) return error.message;
    return 'This is not an ONNX model, or it was cut off: its bytes do not follow the format.';
  }
  if (found.external) return 'The model keeps tensors in a second file beside it; save it as one file.';
  return undefined;
}

class TooMuchError extends Error {}

interface Found {
  fields: number;
  integers: number;
  external: boolean;
}

function walk(bytes: Uint8Array, message: DescMessage, depth: number, found: Found): void {
  if (depth > MAX_DEPTH) throw new TooMuchError(`The model holds graphs within graphs, more than ${MAX_DEPTH} deep.`);
  const fields = fieldsOf(message);
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [number, wire] = reader.tag();
    found.fields += 1;
    if (found.fields > MAX_FIELDS) {
      throw new TooMuchError(`The model holds more than ${MAX_FIELDS} fields, which no network needs. It is not read.`);
    }
    const field = fields.get(number);
    const inner = wire === WireType.LengthDelimited ? field?.message : undefined;
    if (inner !== undefined) {
      if (message.typeName === TensorProtoSchema.typeName && number === EXTERNAL_DATA) found.external = true;
      walk(reader.bytes(), inner, depth + 1, found);
    } else {
      const { length } = reader.skip(wire, number);
      if (field !== undefined && isIntegers(field)) found.integers += length;
      if (found.integers > MAX_INTEGERS) {
        throw new TooMuchError(`The model lists more than ${MAX_INTEGERS} bytes of integers. It is not read.`);
      }
    }
  }
}

function isIntegers(field: DescField): boolean {
  return field.fieldKind === 'list' && field.listKind === 'scalar' && !PLAIN.has(field.scalar);
}

const known = new Map<string, ReadonlyMap<number, DescField>>();

function fieldsOf(message: DescMessage): ReadonlyMap<number, DescField> {
  const fields = known.get(message.typeName) ?? new Map(message.fields.map((field) => [field.number, field]));
  known.set(message.typeName, fields);
  return fields;
}
