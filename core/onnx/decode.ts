import { fromBinary } from '@bufbuild/protobuf';
import {
  type AttributeProto,
  type TensorProto_DataType as DataKind,
  TensorProto_DataLocation as DataLocation,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from 'onnx-buf';
import { modelFault } from './bounds.ts';
import { GraphBuilder } from './builder.ts';
import { DATA_KINDS } from './encode.ts';
import type { Graph, GraphNode } from './graph.ts';
import type { AttributeType, AttributeValue, OperatorName } from './operators/attributes.ts';
import { OPERATORS } from './operators/index.ts';
import type { Operator } from './operators/operator.ts';
import { BYTES_PER_ELEMENT, type DataType, elementCount, type Tensor, type TensorType } from './tensor.ts';

/** A file that is no ONNX model, or one that cannot be used as asked. The message says why. */
export class OnnxError extends Error {
  override readonly name = 'OnnxError';
}

export interface OnnxModel {
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly metadata: ReadonlyMap<string, string>;
  readonly inputs: readonly { readonly name: string; readonly dims: readonly (number | string)[] }[];
  readonly outputs: readonly string[];
}

function parse(bytes: Uint8Array): ModelProto {
  const fault = modelFault(bytes);
  if (fault !== undefined) throw new OnnxError(fault);
  let model: ModelProto;
  try {
    model = fromBinary(ModelProtoSchema, bytes);
  } catch (cause) {
    throw new OnnxError('This is not an ONNX model: its bytes do not follow the format.', { cause });
  }
  if (model.graph === undefined || model.irVersion === 0n) {
    throw new OnnxError('This is not an ONNX model: it holds no graph.');
  }
  return model;
}

/** Reads a model's tensors, metadata and inputs; its operators may be any. */
export function readModel(bytes: Uint8Array): OnnxModel {
  const { graph, metadataProps } = parse(bytes);
  return {
    tensors: new Map(
      (graph?.initializer ?? []).flatMap((proto) => {
        const tensor = readTensor(proto);
        return tensor === undefined ? [] : [[proto.name, tensor] as const];
      }),
    ),
    metadata: new Map(metadataProps.map(({ key, value }) => [key, value])),
    inputs: (graph?.input ?? []).map((input) => ({ name: input.name, dims: readDims(input) })),
    outputs: (graph?.output ?? []).map((output) => output.name),
  };
}

const DTYPES: ReadonlyMap<DataKind, DataType> = new Map(
  Object.entries(DATA_KINDS).map(([dtype, kind]) => [kind, dtype as DataType]),
);

const VIEWS: { readonly [D in DataType]: (buffer: ArrayBuffer) => Tensor['data'] } = {
  float32: (buffer) => new Float32Array(buffer),
  float64: (buffer) => new Float64Array(buffer),
  uint8: (buffer) => new Uint8Array(buffer),
  int32: (buffer) => new Int32Array(buffer),
  int64: (buffer) => new BigInt64Array(buffer),
  bool: (buffer) => new Uint8Array(buffer),
};

/** No array is longer. */
const MAX_LENGTH = 2 ** 32;

/** A tensor of a type this project works with; undefined for others (strings, float16, …). */
function readTensor(proto: TensorProto): Tensor | undefined {
  const dtype = DTYPES.get(proto.dataType);
  if (dtype === undefined) return undefined;
  if (proto.dataLocation === DataLocation.EXTERNAL) {
    throw new OnnxError(`"${proto.name}" is kept in a second file beside the model; save the model as one file.`);
  }
  const dims = proto.dims.map(Number);
  if (dims.some((dim) => dim < 0 || dim > MAX_LENGTH)) {
    throw new OnnxError(`"${proto.name}" says that it has [${dims.slice(0, 8).join(', ')}] numbers, which cannot be.`);
  }
  const count = elementCount(dims);
  const data = proto.rawData.byteLength > 0 ? rawData(proto, dtype) : listedData(proto, dtype);
  if (data.length !== count) {
    throw new OnnxError(
      `"${proto.name}" should hold ${count} numbers for [${dims.join(', ')}] but holds ${data.length}.`,
    );
  }
  return { dtype, dims, data };
}

function rawData({ rawData: raw, name }: TensorProto, dtype: DataType): Tensor['data'] {
  if (raw.byteLength % BYTES_PER_ELEMENT[dtype] !== 0) throw new OnnxError(`"${name}" ends in the middle of a number.`);
  // A copy of its own: numbers must be aligned, and `slice` of a Node Buffer copies nothing.
  return VIEWS[dtype](new Uint8Array(raw).buffer);
}

function listedData(proto: TensorProto, dtype: DataType): Tensor['data'] {
  switch (dtype) {
    case 'float32':
      return Float32Array.from(proto.floatData);
    case 'float64':
      return Float64Array.from(proto.doubleData);
    case 'int64':
      return BigInt64Array.from(proto.int64Data);
    case 'int32':
      return Int32Array.from(proto.int32Data);
    case 'uint8':
    case 'bool':
      return Uint8Array.from(proto.int32Data);
    default:
      return dtype satisfies never;
  }
}

function readDims(info: ValueInfoProto): readonly (number | string)[] {
  const type = info.type?.value;
  if (type?.case !== 'tensorType') return [];
  return (type.value.shape?.dim ?? []).map(({ value }) =>
    value.case === 'dimValue' ? Number(value.value) : (value.value ?? '?'),
  );
}

/**
 * Reads a whole graph made of operators this project knows, ready to be extended or differentiated. A named (free)
 * first dimension gets the batch size given here.
 */
export function decodeGraph(bytes: Uint8Array, batchSize: number): Graph {
  const { graph: proto } = parse(bytes);
  if (proto === undefined) throw new OnnxError('The model holds no graph.');
  const builder = new GraphBuilder(proto.name);
  const constants = new Set(proto.initializer.map((tensor) => tensor.name));
  for (const tensor of proto.initializer) {
    const read = readTensor(tensor);
    if (read === undefined) throw new OnnxError(`"${tensor.name}" holds a type of number that is not supported.`);
    builder.initializer(tensor.name, read);
  }
  for (const input of proto.input) {
    if (!constants.has(input.name)) builder.input(input.name, inputType(input, batchSize));
  }
  for (const node of proto.node) builder.addNode(readNode(node, builder));
  for (const output of proto.output) builder.output(output.name, output.name);
  return builder.build();
}

function inputType(info: ValueInfoProto, batchSize: number): TensorType {
  const type = info.type?.value;
  const dtype = type?.case === 'tensorType' ? DTYPES.get(type.value.elemType) : undefined;
  if (dtype === undefined) throw new OnnxError(`Input "${info.name}" is no tensor of a supported type.`);
  const dims = readDims(info).map((dim, axis) => {
    if (typeof dim === 'number') return dim;
    if (axis === 0) return batchSize;
    throw new OnnxError(`Input "${info.name}" leaves dimension ${axis} ("${dim}") open; only the batch may be.`);
  });
  return { dtype, dims };
}

function readNode(proto: NodeProto, builder: GraphBuilder): GraphNode {
  const op = proto.opType as OperatorName;
  if (
    proto.domain !== '' ||
    !Object.hasOwn(OPERATORS, op) ||
    OPERATORS[op].runtime !== undefined ||
    OPERATORS[op].internal
  ) {
    throw new OnnxError(`The model uses the operator ${proto.opType}, which is not supported here.`);
  }
  const operator = OPERATORS[op] as Operator<OperatorName>;
  const types = operator.attributes as { readonly [name: string]: AttributeType };
  const inputs = proto.input.map((name) => (name === '' ? undefined : builder.typeOf(name)));
  const given = new Map(proto.attribute.map((attribute) => [attribute.name, attribute]));
  const defaults = operator.defaults?.(inputs) as { readonly [name: string]: AttributeValue } | undefined;
  for (const attribute of proto.attribute) {
    // A window without padding: that is the default of `pads`, which may not stand beside it.
    if (attribute.name === 'auto_pad' && readAttribute(attribute, 'string') === 'VALID') continue;
    if (!(attribute.name in types)) checkNeutral(proto, attribute);
  }
  const attributes = Object.entries(types).map(([name, type]) => {
    const attribute = given.get(name);
    const value = attribute === undefined ? defaults?.[name] : readAttribute(attribute, type);
    if (value === undefined) throw new OnnxError(`${proto.name || op} lacks the attribute ${name}.`);
    return [name, value] as const;
  });
  return {
    op,
    name: proto.name || `${op}_${builder.nodes.length}`,
    inputs: proto.input,
    outputs: proto.output,
    attributes: Object.fromEntries(attributes) as never,
  };
}

/** Attributes that are not written here, with the value that changes nothing; `null` where any value does. */
const NEUTRAL: { readonly [name: string]: AttributeValue | null } = {
  allowzero: 0,
  auto_pad: 'NOTSET',
  ceil_mode: 0,
  mode: 'constant',
  momentum: null,
  seed: null,
  select_last_index: 0,
  storage_order: 0,
  training_mode: 0,
};

function checkNeutral(node: NodeProto, attribute: AttributeProto): void {
  const neutral = NEUTRAL[attribute.name];
  const value = typeof neutral === 'string' ? readAttribute(attribute, 'string') : readAttribute(attribute, 'int');
  if (neutral === null || value === neutral) return;
  throw new OnnxError(`${node.name || node.opType} uses ${attribute.name} = ${value}, which is not supported here.`);
}

function readAttribute(attribute: AttributeProto, type: AttributeType): AttributeValue {
  switch (type) {
    case 'int':
      return Number(attribute.i);
    case 'float':
      return attribute.f;
    case 'ints':
      return attribute.ints.map(Number);
    case 'string':
      return String.fromCharCode(...attribute.s);
    case 'dtype':
      return DTYPES.get(Number(attribute.i)) ?? 'float32';
    default:
      return type satisfies never;
  }
}
