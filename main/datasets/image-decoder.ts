import type { ImageSize } from '#contract/schemas.ts';
import { fileReason, readFileUpTo } from '#disk/regular-file.ts';
import type { DecodedImage } from './decoded-image.ts';
import { fitImage } from './fit-image.ts';
import { decodeImage, MAX_IMAGE_FILE } from './image-file.ts';

/** An image brought to the size that was asked for, and the size that it has in its file. */
export interface FittedImage extends DecodedImage {
  readonly own: ImageSize;
}

/** Reads and decodes image files, one at a time. */
export interface ImageDecoder {
  /**
   * @param size what to bring the image to; none: it stays as it is
   * @throws Error with a sentence that begins with "It" and names no path
   */
  decode(path: string, size: ImageSize | undefined): Promise<FittedImage>;
  /** Ends what is under way: that decode rejects. */
  close(): Promise<void>;
}

/** Reads, decodes and fits one image in the thread that calls. */
export async function decodeFile(path: string, size: ImageSize | undefined): Promise<FittedImage> {
  let bytes: Uint8Array;
  try {
    bytes = await readFileUpTo(path, MAX_IMAGE_FILE);
  } catch (cause) {
    throw new Error(fileReason(cause), { cause });
  }
  const image = decodeImage(bytes);
  const own = { height: image.height, width: image.width };
  return { ...fitImage(image, size ?? own), own };
}

/** Decodes where it is called: for tests, and for tools whose files are their own. */
export const inThisThread = (): ImageDecoder => ({ decode: decodeFile, close: async () => undefined });
