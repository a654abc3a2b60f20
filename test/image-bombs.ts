/** Image files that ask for more than an image needs, or lie about what they hold. */
import { crc32, deflateSync } from 'node:zlib';

export interface PngParts {
  readonly width: number;
  readonly height: number;
  readonly depth?: number;
  /** 0 grey, 2 RGB, 3 palette, 4 grey with alpha, 6 RGB with alpha */
  readonly colourType?: number;
  readonly interlaced?: boolean;
  /** Bytes of the rows, filters included, before they are packed. */
  readonly rows: Uint8Array;
  /** Further chunks between header and pixels. */
  readonly chunks?: readonly (readonly [type: string, data: Uint8Array])[];
}

export function pngChunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

export function pngHeader({ width, height, depth = 8, colourType = 0, interlaced = false }: Omit<PngParts, 'rows'>) {
  const data = Buffer.alloc(13);
  data.writeUInt32BE(width, 0);
  data.writeUInt32BE(height, 4);
  data.set([depth, colourType, 0, 0, interlaced ? 1 : 0], 8);
  return pngChunk('IHDR', data);
}

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** A PNG file made of just these parts, right or wrong. */
export function pngOf(parts: PngParts): Buffer {
  const chunks = (parts.chunks ?? []).map(([type, data]) => pngChunk(type, data));
  const pixels = pngChunk('IDAT', deflateSync(parts.rows, { level: 9 }));
  return Buffer.concat([SIGNATURE, pngHeader(parts), ...chunks, pixels, pngChunk('IEND', new Uint8Array())]);
}

/** Rows of grey pixels of one value, with no filter. */
export function greyRows(width: number, height: number, value = 0): Uint8Array {
  const rows = new Uint8Array(height * (width + 1)).fill(value);
  for (let y = 0; y < height; y++) rows[y * (width + 1)] = 0;
  return rows;
}

/** An iCCP chunk's data: a name, the method, and so many zeros, packed. */
export function colourProfile(bytes: number): Buffer {
  return Buffer.concat([Buffer.from('x\0\0', 'latin1'), deflateSync(Buffer.alloc(bytes), { level: 9 })]);
}

interface JpegParts {
  readonly width: number;
  readonly height: number;
  readonly frames?: number;
  readonly scans?: number;
  /** Comments, quantization tables and Huffman tables, of each so many. */
  readonly tables?: number;
}

const segment = (marker: number, data: readonly number[]) =>
  Buffer.from([0xff, marker, ((data.length + 2) >> 8) & 255, (data.length + 2) & 255, ...data]);

/** A progressive grey JPEG in which each scan goes over the whole image and says nothing new. */
export function jpegOf({ width, height, frames = 1, scans = 1, tables = 1 }: JpegParts): Buffer {
  // A bit for each block says that it is as the one before.
  const blocks = Math.ceil(width / 8) * Math.ceil(height / 8);
  const quantization = segment(0xdb, [0, ...Array.from({ length: 64 }, () => 1)]);
  // One code of one bit: the value 0.
  const huffman = (kind: number) => segment(0xc4, [kind, 1, ...Array.from({ length: 15 }, () => 0), 0]);
  const frame = segment(0xc2, [8, height >> 8, height & 255, width >> 8, width & 255, 1, 1, 0x11, 0]);
  const scan = Buffer.concat([segment(0xda, [1, 1, 0, 0, 0, 0]), Buffer.alloc(Math.ceil(blocks / 8))]);
  const all = Buffer.concat([quantization, huffman(0x00), huffman(0x10), segment(0xfe, [65, 66])]);
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    ...Array.from({ length: tables }, () => all),
    ...Array.from({ length: frames }, () => frame),
    ...Array.from({ length: scans }, () => scan),
    Buffer.from([0xff, 0xd9]),
  ]);
}
