import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { z } from 'zod';
import { elementCount, type Tensor } from '#core/onnx/tensor.ts';
import { writeFileAtomic } from '#disk/write-file.ts';

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
  const file = await open(path);
  try {
    const { header } = await readHeader(file);
    return metadataSchema.parse(header['__metadata__'] ?? {});
  } finally {
    await file.close();
  }
}

async function readHeader(file: FileHandle) {
  const { size } = await file.stat();
  const headerLength = Number((await readAt(file, 0, 8)).readBigUInt64LE());
  if (headerLength > MOST_HEADER || 8 + headerLength > size) throw new Error('It is no safetensors file.');
  const header = headerSchema.parse(JSON.parse((await readAt(file, 8, headerLength)).toString('utf8')));
  return { header, headerLength, size };
}

/** Reads a file of float32 tensors. Throws where it is damaged, cut off, or of another kind. */
export async function readTensors(path: string): Promise<TensorFile> {
  const file = await open(path);
  try {
    const { header, headerLength, size } = await readHeader(file);
    const tensors = new Map<string, Tensor & { readonly data: Float32Array }>();
    for (const [name, found] of Object.entries(header)) {
      if (name === '__metadata__') continue;
      const { shape: dims, data_offsets } = entry.parse(found);
      const [begin, end] = data_offsets;
      if (end - begin !== 4 * elementCount(dims)) throw new Error(`"${name}" has not as many numbers as it says.`);
      if (8 + headerLength + end > size) throw new Error('It was cut off.');
      const bytes = await readAt(file, 8 + headerLength + begin, end - begin);
      const data = new Float32Array(bytes.buffer, bytes.byteOffset, elementCount(dims));
      tensors.set(name, { dtype: 'float32', dims, data });
    }
    const metadata = metadataSchema.parse(header['__metadata__'] ?? {});
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
