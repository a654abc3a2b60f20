import type { DecodedImage } from './decoded-image.ts';
import { decodeJpeg } from './jpeg.ts';
import { decodePng } from './png.ts';

/** Bytes of the largest file that is read. */
export const MAX_IMAGE_FILE = 48 * 2 ** 20;

const PNG = [0x89, 0x50, 0x4e, 0x47];
const JPEG = [0xff, 0xd8, 0xff];

function beginsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, i) => bytes[i] === byte);
}

/** Decodes a JPEG or PNG by what it holds, whatever its name. Throws where it is damaged, too large or of another kind. */
export function decodeImage(bytes: Uint8Array): DecodedImage {
  if (beginsWith(bytes, JPEG)) return decodeJpeg(bytes);
  if (beginsWith(bytes, PNG)) return decodePng(bytes);
  throw new Error('It is neither JPEG nor PNG.');
}
