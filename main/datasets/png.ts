import { inflateSync } from 'node:zlib';
import { convertIndexedToRgb, type DecodedPng, decode } from 'fast-png';
import type { DecodedImage } from './decoded-image.ts';

const MAX_MEGAPIXELS = 40;
/** Bytes of the unpacked rows. */
const MAX_BYTES = 64 * 2 ** 20;

const SIGNATURE = 8;
/** Length and type before a chunk's data, checksum behind it. */
const BEFORE = 8;
const AROUND = 12;
/** What an image's pixels need. All others (colour profiles, texts, animation, transparency) are left out. */
const KEPT = new Set(['IHDR', 'IDAT', 'IEND']);

/** Samples in a pixel, and the bits that a sample may have, by colour type (W3C PNG, table 12). */
const COLOUR_TYPES: { readonly [type: number]: { readonly samples: number; readonly depths: readonly number[] } } = {
  0: { samples: 1, depths: [1, 2, 4, 8, 16] },
  2: { samples: 3, depths: [8, 16] },
  3: { samples: 1, depths: [1, 2, 4, 8] },
  4: { samples: 2, depths: [8, 16] },
  6: { samples: 4, depths: [8, 16] },
};
const INDEXED = 3;

interface Header {
  readonly width: number;
  readonly height: number;
  /** Bits of a sample. */
  readonly depth: number;
  readonly bitsPerPixel: number;
  readonly indexed: boolean;
  readonly interlaced: boolean;
}

const DAMAGED = 'It is damaged or was cut off.';

/** Decodes a PNG file. Throws where it is damaged or unpacks to more than its header says or may. */
export function decodePng(bytes: Uint8Array): DecodedImage {
  const { header, chunks, packed } = takeApart(bytes);
  const { width, height } = header;
  const size = unpackedBytes(header);
  if (width * height === 0) throw new Error('It is damaged: it has no pixels.');
  if (width * height > MAX_MEGAPIXELS * 1e6) throw new Error(`It has ${width}×${height} pixels, which is too much.`);
  if (size > MAX_BYTES) {
    throw new Error(`It has ${width}×${height} pixels, which unpack to ${size} bytes; at most ${MAX_BYTES} are read.`);
  }
  checkUnpacked(packed, size);
  try {
    const png = decode(Buffer.concat([bytes.subarray(0, SIGNATURE), ...chunks]), { checkCrc: true });
    return { width, height, rgb: rgbOf(png, width, height) };
  } catch (cause) {
    throw new Error(DAMAGED, { cause });
  }
}

/** The chunks that are kept, and the packed pixels in them. */
function takeApart(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks: Uint8Array[] = [];
  const packed: Uint8Array[] = [];
  let header: Header | undefined;
  for (let at = SIGNATURE; at + AROUND <= bytes.length; ) {
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + BEFORE));
    const end = at + AROUND + length;
    if (end > bytes.length) throw new Error(DAMAGED);
    if (type === 'IHDR') {
      // A second header would be believed by the decoder, and the first by the checks before it.
      if (header !== undefined || length !== 13) throw new Error(DAMAGED);
      header = readHeader(view, at + BEFORE);
    }
    if (type === 'IDAT') packed.push(bytes.subarray(at + BEFORE, end - 4));
    // RGB images may suggest a palette, which their pixels do not need.
    if (KEPT.has(type) || (type === 'PLTE' && header?.indexed === true)) chunks.push(bytes.subarray(at, end));
    if (type === 'IEND') break;
    at = end;
  }
  if (header === undefined) throw new Error(DAMAGED);
  return { header, chunks, packed };
}

function readHeader(view: DataView, at: number): Header {
  const [depth, type] = [view.getUint8(at + 8), view.getUint8(at + 9)];
  const { samples, depths } = COLOUR_TYPES[type] ?? { samples: 0, depths: [] };
  if (!depths.includes(depth)) throw new Error(DAMAGED);
  const interlaced = view.getUint8(at + 12) !== 0;
  // fast-png 8 takes each pixel of such a file for a byte, and gives an image of stripes.
  if (interlaced && depth < 8) {
    throw new Error(
      `It is interlaced with ${depth} ${depth === 1 ? 'bit' : 'bits'} a pixel, which is not read. Save it without interlacing.`,
    );
  }
  return {
    width: view.getUint32(at),
    height: view.getUint32(at + 4),
    depth,
    bitsPerPixel: samples * depth,
    indexed: type === INDEXED,
    interlaced,
  };
}

/** Where the pixels of Adam7's seven passes begin, and how far apart they lie: x, y, Δx, Δy. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** Bytes of all rows, each with its filter's number before it. */
function unpackedBytes({ width, height, bitsPerPixel, interlaced }: Header): number {
  const rows = (columns: number, count: number) =>
    columns === 0 ? 0 : count * (1 + Math.ceil((columns * bitsPerPixel) / 8));
  if (!interlaced) return rows(width, height);
  return ADAM7.reduce((sum, [x, y, dx, dy]) => {
    const columns = Math.max(0, Math.ceil((width - x) / dx));
    return sum + rows(columns, Math.max(0, Math.ceil((height - y) / dy)));
  }, 0);
}

/** The decoder would unpack whatever there is: this shows that it is as much as the header says. */
function checkUnpacked(packed: readonly Uint8Array[], size: number): void {
  let found: number;
  try {
    found = inflateSync(Buffer.concat(packed), { maxOutputLength: size + 1 }).length;
  } catch (cause) {
    const tooMuch = (cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    throw new Error(tooMuch ? `It is damaged: it unpacks to more than the ${size} bytes of its pixels.` : DAMAGED, {
      cause,
    });
  }
  if (found !== size) throw new Error(DAMAGED);
}

function rgbOf(png: DecodedPng, width: number, height: number): Uint8Array {
  const pixels = width * height;
  const same = (value: number) => value;
  if (png.palette !== undefined) {
    const channels = png.palette[0]?.length ?? 3;
    return toRgb(convertIndexedToRgb(png), pixels, channels, same);
  }
  const { data, depth, channels } = png;
  if (depth < 8) return toRgb(unpacked(data as Uint8Array, width, height, depth), pixels, 1, same);
  return toRgb(data, pixels, channels, depth === 16 ? (value) => value >> 8 : same);
}

/** Grey pixels of 1, 2 or 4 bits, each row beginning with a new byte, as bytes 0–255. */
function unpacked(data: Uint8Array, width: number, height: number, depth: number): Uint8Array {
  const out = new Uint8Array(width * height);
  const most = 2 ** depth - 1;
  const rowBytes = Math.ceil((width * depth) / 8);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const bit = x * depth;
      const byte = data[y * rowBytes + (bit >> 3)] as number;
      out[y * width + x] = (((byte >> (8 - depth - (bit & 7))) & most) * 255) / most;
    }
  }
  return out;
}

/** Grey, grey with alpha, RGB or RGBA as RGB; transparency is left out. */
function toRgb(
  data: ArrayLike<number>,
  pixels: number,
  channels: number,
  toByte: (value: number) => number,
): Uint8Array {
  const rgb = new Uint8Array(3 * pixels);
  const step = channels < 3 ? 0 : 1;
  for (let i = 0; i < pixels; i++) {
    for (let c = 0; c < 3; c++) rgb[3 * i + c] = toByte(data[i * channels + c * step] as number);
  }
  return rgb;
}
