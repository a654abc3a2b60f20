import { decode } from 'jpeg-js';
import type { DecodedImage } from './decoded-image.ts';

const MAX_MEGAPIXELS = 40;
/** As jpeg-js counts them, which is half of what the process then takes: 12 megapixels with halved colour. */
const MAX_MEMORY_MIB = 160;
/** A progressive JPEG's scans each go over the image once more; photographs have ten. */
const MAX_SCANS = 200;
const MAX_SCANNED_PIXELS = 200e6;
/** Tables, comments, previews, profiles; each scan may come with tables of its own. */
const MAX_SEGMENTS = 10_000;

/** The two bytes of markers, without the first, which is always 0xFF. */
const MARKER = { start: 0xd8, end: 0xd9, scan: 0xda, stuffed: 0x00, fill: 0xff } as const;

/** Frame headers: 0xC0 to 0xCF but for Huffman tables, arithmetic tables and an extension. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

/** Markers that stand alone; all others are followed by their length. */
function standsAlone(marker: number): boolean {
  return (marker >= 0xd0 && marker <= MARKER.end) || marker === 0x01 || marker === MARKER.stuffed;
}

interface Outline {
  readonly frames: number;
  readonly scans: number;
  readonly segments: number;
  /** Of the largest frame. */
  readonly pixels: number;
  /** Bytes that jpeg-js needs for it: coefficients and samples of each component, then the pixels twice. */
  readonly memory: number;
}

/**
 * What a JPEG asks the decoder to do, from its markers alone (ITU-T T.81, annex B). Where it does not follow the format,
 * every pair of bytes that looks like a scan counts as one: never fewer than the decoder finds.
 */
export function outlineOf(bytes: Uint8Array): Outline {
  let [frames, scans, segments, pixels, memory, at] = [0, 0, 0, 0, 0, 2];
  const byte = (i: number) => bytes[i] ?? 0;
  while (at + 1 < bytes.length) {
    if (byte(at) !== 0xff) {
      at += 1;
      continue;
    }
    const marker = byte(at + 1);
    if (marker === MARKER.end) break;
    if (marker === MARKER.scan) scans += 1;
    if (isFrame(marker)) {
      const frame = frameAt(bytes, at);
      frames += 1;
      pixels = Math.max(pixels, frame.pixels);
      memory = Math.max(memory, frame.memory);
    }
    if (marker !== MARKER.fill && !standsAlone(marker)) segments += 1;
    at += stepOver(marker, byte(at + 2) * 256 + byte(at + 3));
  }
  return { frames, scans, segments, pixels, memory };
}

/** Bytes from a marker to where the next one may be. */
function stepOver(marker: number, length: number): number {
  if (marker === MARKER.fill) return 1;
  // Tables are gone through byte by byte, since a decoder believes their contents and not their length.
  const isTable = marker === 0xc4 || marker === 0xdb || marker === 0xdd || marker === 0xdc;
  if (isTable || standsAlone(marker) || marker === MARKER.scan || isFrame(marker)) return 2;
  return 2 + Math.max(2, length);
}

/** What a frame header says: size, and for each component how often it is sampled along and across. */
function frameAt(bytes: Uint8Array, at: number): { readonly pixels: number; readonly memory: number } {
  const byte = (i: number) => bytes[at + i] ?? 0;
  const pixels = (byte(5) * 256 + byte(6)) * (byte(7) * 256 + byte(8));
  const factors = Array.from({ length: Math.min(byte(9), 4) }, (_, i) => byte(11 + 3 * i));
  const most = (shift: number) => Math.max(1, ...factors.map((factor) => (factor >> shift) & 15));
  const samples = factors.reduce((sum, factor) => sum + ((factor >> 4) * (factor & 15)) / (most(4) * most(0)), 0);
  return { pixels, memory: pixels * (5 * samples + factors.length + 3) };
}

/** Decodes a JPEG file. Throws where it is damaged or asks for more than an image needs. */
export function decodeJpeg(bytes: Uint8Array): DecodedImage {
  const { frames, scans, segments, pixels, memory } = outlineOf(bytes);
  if (frames !== 1) throw new Error(`It is damaged: it holds ${frames} frames, a JPEG image has one.`);
  if (pixels === 0) throw new Error('It is damaged: it has no pixels.');
  if (scans > MAX_SCANS || scans * pixels > MAX_SCANNED_PIXELS) {
    throw new Error(
      `It goes over its ${megapixels(pixels)} megapixels in ${scans} scans, which is too much. Save it again as a plain JPEG.`,
    );
  }
  if (memory > MAX_MEMORY_MIB * 2 ** 20 || pixels > MAX_MEGAPIXELS * 1e6) throw new Error(tooLarge(pixels));
  if (segments > MAX_SEGMENTS) {
    throw new Error(`It consists of ${segments} segments, of which an image needs a few dozen. Save it again.`);
  }
  try {
    const { width, height, data } = decode(bytes, {
      useTArray: true,
      formatAsRGBA: false,
      maxResolutionInMP: MAX_MEGAPIXELS,
      maxMemoryUsageInMB: MAX_MEMORY_MIB,
    });
    return { width, height, rgb: data };
  } catch (cause) {
    throw new Error(reasonIn(cause, pixels), { cause });
  }
}

function megapixels(pixels: number): string {
  return (pixels / 1e6).toFixed(1);
}

function tooLarge(pixels: number): string {
  return `It has ${megapixels(pixels)} megapixels, which take too much memory. Scale it down.`;
}

/** jpeg-js's own words are about its inside. */
function reasonIn(cause: unknown, pixels: number): string {
  const words = cause instanceof Error ? cause.message : '';
  if (/MemoryUsageInMB|ResolutionInMP|allocate enough memory/.test(words)) {
    return tooLarge(pixels);
  }
  if (/color mode/.test(words)) return 'Its colours are stored in a way that is not read. Save it again in RGB.';
  return 'It is damaged or was cut off.';
}
