import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  TensorProto_DataLocation as DataLocation,
  type GraphProto,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  ValueInfoProtoSchema,
} from 'onnx-buf';
import type { Value } from './graph.ts';

/** What turns class scores into a model's output: nothing where it is `undefined`. */
export type FinalActivation = 'Softmax' | 'Sigmoid' | undefined;

/** A model whose class scores can be read before its last activation rounds them. */
export interface ScoredModel {
  /** The model, with `logits` among its outputs; undefined where it is as it was. */
  readonly file: Uint8Array<ArrayBuffer> | undefined;
  readonly output: Value;
  readonly activation: FinalActivation;
  /** What the activation is applied to; the output itself where there is none. */
  readonly logits: Value;
  readonly metadata: ReadonlyMap<string, string>;
}

/**
 * Adds what a final Softmax or Sigmoid is applied to to a model's outputs. Its operators may be any, and so may what it
 * computes. A model that keeps tensors in other files beside it is left as it is: as bytes, it would not find them.
 *
 * @returns undefined where these bytes are no model with one output
 */
export function withLogits(bytes: Uint8Array): ScoredModel | undefined {
  const model = read(bytes);
  const [output, ...others] = model?.graph?.output ?? [];
  if (model?.graph === undefined || output === undefined || others.length > 0) return undefined;
  const metadata = new Map(model.metadataProps.map(({ key, value }) => [key, value]));
  const unchanged = { file: undefined, output: output.name, activation: undefined, logits: output.name, metadata };
  const node = model.graph.node.find((one) => one.output.includes(output.name));
  const activation = activationOf(node, model);
  const [logits] = node?.input ?? [];
  if (activation === undefined || logits === undefined || hasOtherFiles(model.graph)) return unchanged;
  // Both have the output's shape.
  const { type } = output;
  model.graph.output.push(create(ValueInfoProtoSchema, { name: logits, ...(type && { type }) }));
  const file = toBinary(ModelProtoSchema, model) as Uint8Array<ArrayBuffer>;
  return { ...unchanged, file, activation, logits };
}

function read(bytes: Uint8Array): ModelProto | undefined {
  try {
    return fromBinary(ModelProtoSchema, bytes);
  } catch {
    return undefined;
  }
}

function activationOf(node: NodeProto | undefined, { graph, opsetImport }: ModelProto): FinalActivation {
  if (node === undefined || node.domain !== '') return undefined;
  if (node.opType === 'Sigmoid') return 'Sigmoid';
  const type = graph?.output[0]?.type?.value;
  const rank = type?.case === 'tensorType' ? type.value.shape?.dim.length : undefined;
  if (node.opType !== 'Softmax' || rank === undefined) return undefined;
  // Until opset 12 Softmax went over axis 1 and all behind it unless it said otherwise, from 13 on over the last.
  const opset = opsetImport.find(({ domain }) => domain === '')?.version ?? 1n;
  const axis = node.attribute.find(({ name }) => name === 'axis')?.i ?? (opset < 13n ? 1n : -1n);
  return rank === 2 && (axis === 1n || axis === -1n) ? 'Softmax' : undefined;
}

function hasOtherFiles({ initializer }: GraphProto): boolean {
  return initializer.some(({ dataLocation }) => dataLocation === DataLocation.EXTERNAL);
}
