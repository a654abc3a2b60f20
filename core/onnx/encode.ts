import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType as AttributeKind,
  type AttributeProto,
  AttributeProtoSchema,
  TensorProto_DataType as DataKind,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  StringStringEntryProtoSchema,
  type TensorProto,
  TensorProtoSchema,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from 'onnx-buf';
import { withoutChannelSums } from './channel-sums.ts';
import { type Graph, type GraphNode, type NamedType, OPSET } from './graph.ts';
import type { AttributeType, AttributeValue, OperatorName } from './operators/attributes.ts';
import { OPERATORS } from './operators/index.ts';
import type { Operator } from './operators/operator.ts';
import { keepPadsApart } from './pad-before-pool.ts';
import type { DataType, Tensor } from './tensor.ts';

type AttributeInit = MessageInitShape<typeof AttributeProtoSchema>;

/** IR version 8 belongs to opset 17. */
const IR_VERSION = 8n;

export const DATA_KINDS: { readonly [D in DataType]: DataKind } = {
  float32: DataKind.FLOAT,
  float64: DataKind.DOUBLE,
  uint8: DataKind.UINT8,
  int32: DataKind.INT32,
  int64: DataKind.INT64,
  bool: DataKind.BOOL,
};

export interface EncodeOptions {
  /** Name for the first dimension of every input and output, so that any batch size may be fed. Omit to fix the batch. */
  readonly batchAxis?: string;
  readonly producerVersion?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Writes a graph as an ONNX model file. */
export function encodeModel(given: Graph, options: EncodeOptions = {}): Uint8Array<ArrayBuffer> {
  const { graph, valid } = keepPadsApart(withoutChannelSums(given));
  const model = create(ModelProtoSchema, {
    irVersion: IR_VERSION,
    producerName: 'ConvCanvas',
    producerVersion: options.producerVersion ?? '',
    opsetImport: [
      create(OperatorSetIdProtoSchema, { domain: '', version: BigInt(OPSET) }),
      ...runtimeDomains(graph).map((domain) => create(OperatorSetIdProtoSchema, { domain, version: 1n })),
    ],
    metadataProps: Object.entries(options.metadata ?? {}).map(([key, value]) =>
      create(StringStringEntryProtoSchema, { key, value }),
    ),
    graph: create(GraphProtoSchema, {
      name: graph.name,
      node: graph.nodes.map((node) => encodeNode(node, valid.has(node))),
      initializer: [...graph.initializers].map(([name, tensor]) => encodeTensor(name, tensor)),
      input: graph.inputs.map((value) => encodeValueInfo(value, options.batchAxis)),
      output: graph.outputs.map((value) => encodeValueInfo(value, options.batchAxis)),
    }),
  });
  return toBinary(ModelProtoSchema, model) as Uint8Array<ArrayBuffer>;
}

/** Domains of the runtime's own operators that a graph uses. */
function runtimeDomains(graph: Graph): readonly string[] {
  return [...new Set(graph.nodes.flatMap(({ op }) => OPERATORS[op].runtime?.domain ?? []))];
}

/** @param valid a window without padding, written as such by name instead of by four zeros */
function encodeNode(node: GraphNode, valid: boolean) {
  const { attributes, runtime } = OPERATORS[node.op] as Operator<OperatorName>;
  const types = attributes as { readonly [name: string]: AttributeType };
  const values = node.attributes as { readonly [name: string]: AttributeValue };
  const written = Object.entries(values).flatMap(([name, value]) => {
    if (value === '' || (valid && name === 'pads')) return [];
    return encodeAttribute(name, types[name] as AttributeType, value);
  });
  return create(NodeProtoSchema, {
    opType: runtime?.name ?? node.op,
    domain: runtime?.domain ?? '',
    name: node.name,
    input: [...node.inputs],
    output: [...node.outputs],
    attribute: valid ? [...written, encodeAttribute('auto_pad', 'string', 'VALID')] : written,
  });
}

const ATTRIBUTE_WRITERS: { readonly [T in AttributeType]: (value: never) => AttributeInit } = {
  int: (value: number) => ({ type: AttributeKind.INT, i: BigInt(value) }),
  float: (value: number) => ({ type: AttributeKind.FLOAT, f: value }),
  ints: (value: readonly number[]) => ({ type: AttributeKind.INTS, ints: value.map(BigInt) }),
  string: (value: string) => ({ type: AttributeKind.STRING, s: Uint8Array.from(value, (char) => char.charCodeAt(0)) }),
  dtype: (value: DataType) => ({ type: AttributeKind.INT, i: BigInt(DATA_KINDS[value]) }),
};

function encodeAttribute(name: string, type: AttributeType, value: AttributeValue): AttributeProto {
  const attribute = create(AttributeProtoSchema, ATTRIBUTE_WRITERS[type](value as never));
  attribute.name = name;
  return attribute;
}

function encodeTensor(name: string, tensor: Tensor): TensorProto {
  const { data } = tensor;
  return create(TensorProtoSchema, {
    name,
    dims: tensor.dims.map(BigInt),
    dataType: DATA_KINDS[tensor.dtype],
    // ONNX stores raw data little-endian, as every platform this runs on does.
    rawData: new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength),
  });
}

function encodeValueInfo({ name, type }: NamedType, batchAxis: string | undefined): ValueInfoProto {
  const dim = type.dims.map((length, axis) =>
    create(TensorShapeProto_DimensionSchema, {
      value:
        axis === 0 && batchAxis !== undefined
          ? { case: 'dimParam', value: batchAxis }
          : { case: 'dimValue', value: BigInt(length) },
    }),
  );
  const tensor = create(TypeProto_TensorSchema, {
    elemType: DATA_KINDS[type.dtype],
    shape: create(TensorShapeProtoSchema, { dim }),
  });
  return create(ValueInfoProtoSchema, {
    name,
    type: create(TypeProtoSchema, { value: { case: 'tensorType', value: tensor } }),
  });
}
