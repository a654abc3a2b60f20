import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exportOnnx, lossFromMetadata, matchTensors } from '#core/export/onnx.ts';
import { propagate } from '#core/network/propagate.ts';
import { modelFault } from '#core/onnx/bounds.ts';
import { readModel } from '#core/onnx/decode.ts';
import { withLogits } from '#core/onnx/logits.ts';
import { elementCount } from '#core/onnx/tensor.ts';
import type { Design } from '#core/project/design.ts';
import { formatDesign } from '#core/project/design-file.ts';
import { blankDesign } from '#core/templates/index.ts';
import { readTensorMetadata, readTensors, tensorFileBytes } from '#main/files/safetensors.ts';
import { initialValues, readDesign } from '#main/training/compiled-design.ts';
import { chain, conv, input } from '../../networks.ts';
import { mutateBytes, mutateJson, pick } from '../mutate.ts';
import { need, type Reader } from './define.ts';

const FIXTURE = join(import.meta.dirname, '..', '..', 'fixtures', 'models', 'without-loss.onnx');

function smallDesign(): Design {
  const network = chain(input(1, 8), conv(2, 3), ['ReLU'], ['Flatten'], ['Dense', { units: 3 }], ['Softmax']);
  return { ...blankDesign(), name: 'Small', network, classLabels: ['a', 'b', 'c'] };
}

function smallModel() {
  const design = smallDesign();
  const text = formatDesign(design);
  const tensors = initialValues(readDesign(text));
  const report = propagate(design.network);
  const { name, network, classLabels } = design;
  const parts = { name, network, report, tensors, classLabels, design: text, loss: design.training.loss };
  return { report, tensors, bytes: exportOnnx({ ...parts, producerVersion: 'test' }) };
}

const onnx: Reader = {
  name: 'ONNX models',
  share: 32_000,
  open: () => {
    const { report, bytes } = smallModel();
    const models = [bytes, new Uint8Array(readFileSync(FIXTURE))];
    return (random) => {
      const changed = mutateBytes(random, pick(random, models), models);
      const fault = modelFault(changed);
      if (fault === undefined) {
        const scored = withLogits(changed);
        if (scored !== undefined) lossFromMetadata(scored.metadata);
        if (scored?.file !== undefined) need(modelFault(scored.file) === undefined, 'with its logits it is no model');
      }
      const model = readModel(changed);
      need(fault === undefined, 'it had a fault before');
      for (const { dims, data } of model.tensors.values())
        need(data.length === elementCount(dims), 'a tensor is not whole');
      matchTensors(report, model.tensors);
      return true;
    };
  },
};

/** The same file with another header: its length goes along. */
function withHeader(file: Uint8Array, change: (header: string) => string): Uint8Array {
  const bytes = Buffer.from(file);
  const end = 8 + Number(bytes.readBigUInt64LE());
  const header = Buffer.from(change(bytes.toString('utf8', 8, end)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, bytes.subarray(end)]);
}

const safetensors: Reader = {
  name: 'safetensors files',
  share: 15_000,
  open: (folder) => {
    const { report, tensors } = smallModel();
    const valid = Buffer.concat(tensorFileBytes({ tensors, metadata: { position: '{}' } }));
    const path = join(folder, 'x.safetensors');
    return async (random) => {
      const inHeader = random.uniform() < 0.5;
      const changed = inHeader
        ? withHeader(valid, (header) => mutateJson(random, header, []))
        : mutateBytes(random, valid, []);
      writeFileSync(path, changed);
      if (random.uniform() < 0.3) await readTensorMetadata(path);
      const read = await readTensors(path);
      for (const { dims, data } of read.tensors.values())
        need(data.length === elementCount(dims), 'a tensor is not whole');
      need(
        Object.values(read.metadata).every((text) => typeof text === 'string'),
        'its words are no texts',
      );
      matchTensors(report, read.tensors);
      return true;
    };
  },
};

export const modelReaders: readonly Reader[] = [onnx, safetensors];
