import { decode } from 'jpeg-js';
import type { DecodedImage } from './decoded-image.ts';

const MAX_MEGAPIXELS = 40;
/** As jpeg-js counts them, which is two thirds of what the process then takes: 19 megapixels with halved colour. */
const MAX_MEMORY_MIB = 256;
/** A progressive JPEG's scans each go over the image once more; photographs have ten. */
const MAX_SCANS = 200;
const MAX_SCANNED_PIXELS = 200e6;

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
  /** Of the largest frame. */
  readonly pixels: number;
}

/**
 * What a JPEG asks the decoder to do, from its markers alone (ITU-T T.81, annex B). Where it does not follow the format,
 * every pair of bytes that looks like a scan counts as one: never fewer than the decoder finds.
 */
export function outlineOf(bytes: Uint8Array): Outline {
  let [frames, scans, pixels, at] = [0, 0, 0, 2];
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
      frames += 1;
      pixels = Math.max(pixels, (byte(at + 5) * 256 + byte(at + 6)) * (byte(at + 7) * 256 + byte(at + 8)));
    }
    if (marker === MARKER.fill) at += 1;
    else if (standsAlone(marker) || marker === MARKER.scan || isFrame(marker)) at += 2;
    else {
      // Tables are gone through byte by byte, since a decoder believes their contents and not their length.
      const isTable = marker === 0xc4 || marker === 0xdb || marker === 0xdd || marker === 0xdc;
      at += isTable ? 2 : 2 + Math.max(2, byte(at + 2) * 256 + byte(at + 3));
    }
  }
  return { frames, scans, pixels };
}

/** Decodes a JPEG file. Throws where it is damaged or asks for more than an image needs. */
export function decodeJpeg(bytes: Uint8Array): DecodedImage {
  const { frames, scans, pixels } = outlineOf(bytes);
  if (frames !== 1) throw new Error(`It is damaged: it holds ${frames} frames, a JPEG image has one.`);
  if (pixels === 0) throw new Error('It is damaged: it has no pixels.');
  if (scans > MAX_SCANS || scans * pixels > MAX_SCANNED_PIXELS) {
    throw new Error(
      `It goes over its ${megapixels(pixels)} megapixels in ${scans} scans, which is too much. Save it again as a plain JPEG.`,
    );
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

/** jpeg-js's own words are about its inside. */
function reasonIn(cause: unknown, pixels: number): string {
  const words = cause instanceof Error ? cause.message : '';
  if (/MemoryUsageInMB|ResolutionInMP|allocate enough memory/.test(words)) {
    return `It has ${megapixels(pixels)} megapixels, which take too much memory. Scale it down.`;
  }
  if (/color mode/.test(words)) return 'Its colours are stored in a way that is not read. Save it again in RGB.';
  return 'It is damaged or was cut off.';
}
