import { convertIndexedToRgb, type DecodedPng, decode as decodePng } from 'fast-png';
import { decode as decodeJpeg } from 'jpeg-js';

/** A decoded picture: red, green and blue bytes of each pixel, row by row. */
export interface DecodedImage {
  readonly height: number;
  readonly width: number;
  /** [H, W, 3] */
  readonly rgb: Uint8Array;
}

/** Bounds on what one file can make the program do. */
export const IMAGE_LIMITS = { bytes: 64 * 2 ** 20, megapixels: 40, memory: 512 } as const;

const PNG = [0x89, 0x50, 0x4e, 0x47];
const JPEG = [0xff, 0xd8, 0xff];

function beginsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, i) => bytes[i] === byte);
}

/** Decodes a JPEG or PNG by what it holds, whatever its name. Throws where it is damaged, too large or of another kind. */
export function decodeImage(bytes: Uint8Array): DecodedImage {
  if (beginsWith(bytes, JPEG)) {
    const { megapixels, memory } = IMAGE_LIMITS;
    const { width, height, data } = decodeJpeg(bytes, {
      useTArray: true,
      formatAsRGBA: false,
      maxResolutionInMP: megapixels,
      maxMemoryUsageInMB: memory,
    });
    return { width, height, rgb: data };
  }
  if (beginsWith(bytes, PNG)) return fromPng(bytes);
  throw new Error('It is neither JPEG nor PNG.');
}

function fromPng(bytes: Uint8Array): DecodedImage {
  // The header says how much the rest unpacks to.
  const header = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [width, height] = bytes.length < 24 ? [0, 0] : [header.getUint32(16), header.getUint32(20)];
  if (width * height > IMAGE_LIMITS.megapixels * 1e6)
    throw new Error(`It has ${width}×${height} pixels, which is too much.`);
  return { width, height, rgb: rgbOf(decodePng(bytes, { checkCrc: true }), width, height) };
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
