/** ONNX files that ask for more than a model needs are refused in a sentence, before they are read. */
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { describe, expect, it } from 'vitest';
import { exportOnnx } from '#core/export/onnx.ts';
import { propagate } from '#core/network/propagate.ts';
import { modelFault } from '#core/onnx/bounds.ts';
import { OnnxError, readModel } from '#core/onnx/decode.ts';
import { float32 } from '#core/onnx/tensor.ts';
import { formatDesign } from '#core/project/design-file.ts';
import { findTemplate } from '#core/templates/index.ts';
import { namedTensors } from '#core/training/emit.ts';

/** A field of a message that holds these bytes. */
function field(number: number, bytes: Uint8Array): Uint8Array {
  return new BinaryWriter().tag(number, WireType.LengthDelimited).bytes(bytes).finish();
}

function integer(number: number, value: number | bigint): Uint8Array {
  return new BinaryWriter().tag(number, WireType.Varint).int64(value).finish();
}

const message = (...fields: readonly Uint8Array[]) => Buffer.concat(fields);
const text = (value: string) => Buffer.from(value);

/** Numbers of the fields: onnx.proto3. */
const MODEL = { irVersion: 1, graph: 7 };
const GRAPH = { node: 1, initializer: 5 };
const NODE = { attribute: 5 };
const ATTRIBUTE = { graph: 6 };
const TENSOR = { dims: 1, dataType: 2, int64Data: 7, name: 8, rawData: 9, externalData: 13, dataLocation: 14 };

const modelOf = (...graph: readonly Uint8Array[]) =>
  message(integer(MODEL.irVersion, 8), field(MODEL.graph, message(...graph)));
const tensorOf = (dims: readonly (number | bigint)[], ...fields: readonly Uint8Array[]) =>
  field(
    GRAPH.initializer,
    message(
      Buffer.concat(dims.map((dim) => integer(TENSOR.dims, dim))),
      integer(TENSOR.dataType, 1),
      field(TENSOR.name, text('t')),
      ...fields,
    ),
  );

function refusal(bytes: Uint8Array): string {
  try {
    readModel(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(OnnxError);
    return (error as Error).message;
  }
  return expect.fail('It was read.');
}

describe('an ONNX model', () => {
  it('of a million tensors, nodes or attributes is refused by their number', () => {
    const empty = Buffer.alloc(2_000_000);
    for (const number of [GRAPH.initializer, GRAPH.node]) {
      for (let i = 0; i < empty.length; i += 2) empty[i] = (number << 3) | WireType.LengthDelimited;
      expect(refusal(modelOf(empty))).toContain('more than 500000 fields, which no network needs');
    }
    for (let i = 0; i < empty.length; i += 2) empty[i] = (NODE.attribute << 3) | WireType.LengthDelimited;
    expect(refusal(modelOf(field(GRAPH.node, empty)))).toContain('more than 500000 fields');
  });

  it('that lists millions of integers is refused by their bytes', () => {
    const list = new Uint8Array(5_000_000).fill(1);
    expect(refusal(modelOf(tensorOf([5_000_000], field(TENSOR.int64Data, list))))).toContain('bytes of integers');
    const dims = Array.from({ length: 600_000 }, () => 1);
    expect(refusal(modelOf(tensorOf(dims)))).toContain('more than 500000 fields');
  });

  it('of graphs within graphs is refused by their depth', () => {
    let graph: Uint8Array = new Uint8Array();
    for (let i = 0; i < 3000; i++) graph = field(GRAPH.node, field(NODE.attribute, field(ATTRIBUTE.graph, graph)));
    expect(refusal(modelOf(graph))).toContain('graphs within graphs, more than 32 deep');
  });

  it.each([
    ['more numbers than it holds', [2 ** 20, 2 ** 20], 'should hold 1099511627776 numbers'],
    ['a product that no number holds', [2 ** 32, 2 ** 32, 2 ** 32, 2 ** 32], 'should hold'],
    ['a negative size', [-1, -4], 'says that it has [-1, -4] numbers, which cannot be'],
    ['a size beyond any array', [2n ** 62n], 'which cannot be'],
  ])('whose tensor says that it has %s is refused', (_, dims, words) => {
    expect(refusal(modelOf(tensorOf(dims, field(TENSOR.rawData, new Uint8Array(16)))))).toContain(words);
  });

  it('whose tensors lie in another file is refused: any file could be named', () => {
    const entry = message(field(1, text('location')), field(2, text('../../etc/passwd')));
    const bytes = modelOf(tensorOf([4], field(TENSOR.externalData, entry), integer(TENSOR.dataLocation, 1)));
    expect(modelFault(bytes)).toBe('The model keeps tensors in a second file beside it; save it as one file.');
    expect(refusal(bytes)).toContain('save it as one file');
  });

  it('is refused in a sentence wherever it was cut or changed', () => {
    const design = findTemplate('lenet5')!.create();
    const report = propagate(design.network);
    const tensors = new Map(
      namedTensors(report).map(({ name, spec: { dims } }) => {
        const count = dims.reduce((product, dim) => product * dim, 1);
        return [name, float32(dims, new Float32Array(count))] as const;
      }),
    );
    const whole = exportOnnx({
      ...{ name: 'x', network: design.network, report, tensors, classLabels: [] },
      ...{ design: formatDesign(design), producerVersion: '0', loss: design.training.loss },
    });
    expect(modelFault(whole)).toBeUndefined();
    // Most of the file is raw numbers: everything around them is changed, and some of them.
    for (let at = 0; at < whole.length; at += at < 4000 ? 1 : 997) {
      const changed = Uint8Array.from(whole);
      changed[at] = (changed[at]! + 129) & 255;
      for (const bytes of [whole.subarray(0, at), changed]) {
        try {
          readModel(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(OnnxError);
        }
      }
    }
  });
});
