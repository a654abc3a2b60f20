import { createHash } from 'node:crypto';
import type { DeviceId } from '#contract/schemas.ts';
import type { ImageSet } from '../datasets/image-set.ts';
import { env } from '../training/onnx-runtime.ts';
import type { RunInfo } from './run-folder.ts';

/** SHA-256 of a data set's shape, labels and pixels. */
export function dataHash({ shape, labels, pixels }: ImageSet): string {
  const hash = createHash('sha256').update(JSON.stringify(shape));
  hash.update(new Uint8Array(labels.buffer, labels.byteOffset, labels.byteLength));
  return hash.update(pixels).digest('hex');
}

/** What decides a run's losses, beside its design. */
export function fingerprint(set: ImageSet, seed: number, device: DeviceId): RunInfo['fingerprint'] {
  return {
    seed,
    data: { name: set.name, count: set.count, sha256: dataHash(set) },
    device,
    versions: {
      convcanvas: __VERSION__,
      onnxruntime: env.versions.node ?? env.versions.common,
      node: process.versions.node,
      system: `${process.platform}-${process.arch}`,
    },
  };
}
