/** Writes small data sets in IDX files, as MNIST comes. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { randomStream } from '#core/random.ts';
import { drawDigit } from '#main/datasets/digits/draw.ts';

export function idxBytes(dims: readonly number[], data: Uint8Array): Buffer {
  const header = Buffer.alloc(4 + 4 * dims.length);
  header.writeUInt32BE(0x0800 + dims.length, 0);
  dims.forEach((dim, i) => {
    header.writeUInt32BE(dim, 4 + 4 * i);
  });
  return Buffer.concat([header, data]);
}

/** `count` drawn digits under the names of MNIST's files; 0, 1, 2 … in turn. */
export function writeDigits(folder: string, count: number, stem = 'train', gzip = false): void {
  const pixels = new Uint8Array(count * 784);
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 10);
  labels.forEach((digit, i) => {
    drawDigit(digit, randomStream(1, `${stem}/${i}`), pixels, i * 784);
  });
  mkdirSync(folder, { recursive: true });
  const write = (name: string, bytes: Buffer) =>
    writeFileSync(join(folder, gzip ? `${name}.gz` : name), gzip ? gzipSync(bytes) : bytes);
  write(`${stem}-images-idx3-ubyte`, idxBytes([count, 28, 28], pixels));
  write(`${stem}-labels-idx1-ubyte`, idxBytes([count], labels));
}
