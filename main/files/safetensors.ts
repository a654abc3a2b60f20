import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { z } from 'zod';
import { elementCount, type Tensor } from '#core/onnx/tensor.ts';
import { openFile } from '#disk/regular-file.ts';
import { writeFileAtomic } from '#disk/write-file.ts';
import { parseJson } from './json-file.ts';

/**
 * safetensors, the format that PyTorch's and Keras's users know: the header's length as uint64 (little-endian), the
 * header as JSON, then the tensors' bytes. Only float32 is written and read here.
 */
export interface TensorFile {
  readonly tensors: ReadonlyMap<string, Tensor & { readonly data: Float32Array }>;
  readonly metadata: Readonly<Record<string, string>>;
}

const MOST_HEADER = 16 * 2 ** 20;
const CHECKSUM = 'sha256';

const entry = z.object({
  dtype: z.literal('F32'),
  shape: z.array(z.int().nonnegative()).max(8),
  data_offsets: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
});
const headerSchema = z.record(z.string(), z.unknown());
const metadataSchema = z.record(z.string(), z.string());

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function checksum(tensors: Iterable<Float32Array>): string {
  const hash = createHash('sha256');
  for (const data of tensors) hash.update(bytesOf(data));
  return hash.digest('hex');
}

/** Writes tensors and some words about them, whole or not at all; a checksum tells later whether all is as it was. */
export async function writeTensors(path: string, file: TensorFile): Promise<void> {
  await writeFileAtomic(path, tensorFileBytes(file));
}

/** What a file of tensors consists of, piece by piece: it may be larger than one buffer can be. */
export function tensorFileBytes({ tensors, metadata }: TensorFile): readonly Uint8Array[] {
  const data = [...tensors.values()].map((tensor) => tensor.data);
  const header: Record<string, unknown> = { __metadata__: { ...metadata, [CHECKSUM]: checksum(data) } };
  let offset = 0;
  for (const [name, { dims, data: values }] of tensors) {
    const end = offset + values.byteLength;
    header[name] = { dtype: 'F32', shape: dims, data_offsets: [offset, end] };
    offset = end;
  }
  const text = Buffer.from(JSON.stringify(header));
  // The header is filled up with spaces, so that the tensors begin at a multiple of 8.
  const padded = Buffer.concat([text, Buffer.alloc((8 - (text.length % 8)) % 8, ' ')]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  return [length, padded, ...data.map(bytesOf)];
}

/** Reads the words in a file's header, and nothing of its tensors. */
export async function readTensorMetadata(path: string): Promise<TensorFile['metadata']> {
  const { file } = await openFile(path);
  try {
    const { header } = await readHeader(file);
    return metadataIn(header);
  } finally {
    await file.close();
  }
}

function metadataIn(header: Readonly<Record<string, unknown>>): TensorFile['metadata'] {
  const parsed = metadataSchema.safeParse(header['__metadata__'] ?? {});
  if (!parsed.success) throw new Error('What it says about its tensors is no list of texts.');
  return parsed.data;
}

async function readHeader(file: FileHandle) {
  const { size } = await file.stat();
  const headerLength = size < 8 ? 0 : Number((await readAt(file, 0, 8)).readBigUInt64LE());
  const isPossible = headerLength > 0 && headerLength <= MOST_HEADER && 8 + headerLength <= size;
  const text = isPossible ? (await readAt(file, 8, headerLength)).toString('utf8') : '';
  const header = headerSchema.safeParse(parseJson(text));
  if (!header.success) throw new Error('It is no safetensors file.');
  return { header: header.data, headerLength, size };
}

/** Reads a file of float32 tensors. Throws where it is damaged, cut off, or of another kind. */
export async function readTensors(path: string): Promise<TensorFile> {
  const { file } = await openFile(path);
  try {
    const { header, headerLength, size } = await readHeader(file);
    let total = 0;
    const tensors = new Map<string, Tensor & { readonly data: Float32Array }>();
    for (const [name, found] of Object.entries(header)) {
      if (name === '__metadata__') continue;
      const parsed = entry.safeParse(found);
      if (!parsed.success) throw new Error(`"${name.slice(0, 100)}" is no tensor of float32 numbers.`);
      const { shape: dims, data_offsets } = parsed.data;
      const [begin, end] = data_offsets;
      // Tensors that share their bytes would take more memory than the file has bytes.
      total += end - begin;
      if (total > size) throw new Error('Its tensors have more numbers than it holds.');
      if (end - begin !== 4 * elementCount(dims)) throw new Error(`"${name}" has not as many numbers as it says.`);
      if (8 + headerLength + end > size) throw new Error('It was cut off.');
      const bytes = await readAt(file, 8 + headerLength + begin, end - begin);
      const data = new Float32Array(bytes.buffer, bytes.byteOffset, elementCount(dims));
      tensors.set(name, { dtype: 'float32', dims, data });
    }
    const metadata = metadataIn(header);
    const expected = metadata[CHECKSUM];
    if (expected !== undefined && expected !== checksum([...tensors.values()].map(({ data }) => data))) {
      throw new Error('It is damaged: its checksum is another.');
    }
    return { tensors, metadata };
  } finally {
    await file.close();
  }
}

/** Bytes of a file, in memory of their own. */
async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.from(new ArrayBuffer(length));
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(bytes, done, length - done, position + done);
    if (bytesRead === 0) throw new Error('It was cut off.');
    done += bytesRead;
  }
  return bytes;
}
