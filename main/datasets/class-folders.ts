import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ImageSize } from '#contract/schemas.ts';
import { plainText } from '#core/plain-text.ts';
import { permutation, randomStream } from '#core/random.ts';
import { type FittedImage, type ImageDecoder, inThisThread } from './image-decoder.ts';
import { DataSetError, type ImageSet } from './image-set.ts';

/** Bounds on what a folder may take in memory, and on its classes and pictures. */
const MOST_BYTES = 2 * 2 ** 30 - 1;
const MOST_CLASSES = 65_535;
const MOST_IMAGES = 5_000_000;

/** Size for pictures that have different ones and none was asked for. */
const FALLBACK: ImageSize = { height: 64, width: 64 };

const IMAGE = /\.(jpe?g|png)$/i;
const TRAINING = /^train(ing)?$/i;
const HELD_BACK = /^(test(ing)?|val(id(ation)?)?)$/i;

/** How a data set is read. */
export interface Reading {
  /** Called with how many of how many images were read. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Opens what decodes image files; it is closed when they were read, or reading was stopped. */
  readonly openDecoder?: () => ImageDecoder;
  /** Stops reading. */
  readonly signal?: AbortSignal;
}

interface Found {
  readonly path: string;
  readonly label: number;
}

/**
 * Reads a folder with one folder of JPEG or PNG files for each class; or with `train` and `test` (or `val`), each of
 * them such a folder. Pictures are put into a fixed random order, so that every stretch of them holds all classes.
 * Grey pictures have one channel, others three. Pictures of different sizes are brought to one.
 *
 * @param size what to bring them to; none: their own where all have the same
 */
export async function readClassFolders(folder: string, size?: ImageSize, reading: Reading = {}): Promise<ImageSet> {
  const folders = await foldersIn(folder);
  const train = folders.find((name) => TRAINING.test(name));
  const heldBack = folders.find((name) => HELD_BACK.test(name));
  const roots = train !== undefined ? [train, ...(heldBack === undefined ? [] : [heldBack])] : [''];
  const classNames = await foldersIn(join(folder, roots[0] as string));
  if (classNames.length > MOST_CLASSES)
    throw new DataSetError(`${folder} holds ${classNames.length} classes; at most ${MOST_CLASSES} are read.`);
  const parts: Found[][] = [];
  for (const root of roots) parts.push(await findImages(join(folder, root), classNames, reading.signal));
  const [first = [], second = []] = parts;
  if (first.length === 0) {
    throw new DataSetError(
      `${folder} holds no data set: it needs a folder of JPEG or PNG files for each class (or train and test with such folders), or MNIST's IDX files.`,
    );
  }
  const images = await readImages([...first, ...second], size, reading);
  return {
    name: plainText(basename(folder)),
    ...images,
    classNames: classNames.map(plainText),
    resizable: true,
    ...(second.length > 0 && { heldBackFrom: first.length }),
  };
}

async function foldersIn(path: string): Promise<readonly string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch((cause: unknown) => {
    throw new DataSetError(`There is no folder ${path}, or it may not be read.`, { cause });
  });
  // A folder that a link leads to is as good as one.
  const found = await Promise.all(
    entries.map(async (entry) => {
      if (entry.name.startsWith('.')) return [];
      if (entry.isDirectory()) return [entry.name];
      const target = entry.isSymbolicLink() ? await stat(join(path, entry.name)).catch(() => undefined) : undefined;
      return target?.isDirectory() ? [entry.name] : [];
    }),
  );
  return found.flat().sort(byName);
}

/** "class 2" before "class 10". */
function byName(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

/** The pictures of each class, in a random order that is always the same. */
async function findImages(root: string, classNames: readonly string[], signal?: AbortSignal): Promise<Found[]> {
  const unknown = (await foldersIn(root)).filter((name) => !classNames.includes(name));
  if (unknown.length > 0) {
    throw new DataSetError(
      `${root} has a class "${unknown[0]}" that the training pictures have not. Both need the same folders.`,
    );
  }
  const found: Found[] = [];
  for (const [label, name] of classNames.entries()) {
    signal?.throwIfAborted();
    const files = await readdir(join(root, name)).catch(() => []);
    for (const file of files.sort(byName)) if (IMAGE.test(file)) found.push({ path: join(root, name, file), label });
  }
  if (found.length > MOST_IMAGES)
    throw new DataSetError(`${root} holds ${found.length} pictures; at most ${MOST_IMAGES} are read.`);
  const order = permutation(found.length, randomStream(0, 'class folders'));
  return Array.from(order, (i) => found[i] as Found);
}

async function readImages(
  files: readonly Found[],
  asked: ImageSize | undefined,
  { openDecoder = inThisThread, signal, onProgress = () => undefined }: Reading,
): Promise<Pixels> {
  const decoder = openDecoder();
  const stop = () => void decoder.close();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const read = (i: number, size?: ImageSize) => {
      signal?.throwIfAborted();
      return readOne(decoder, (files[i] as Found).path, size);
    };
    const own = asked === undefined ? (await read(0)).own : asked;
    const progress = (done: number) => onProgress(done, files.length);
    const found = await readAt(files, own, asked === undefined, read, progress);
    // Not all of one size after all: from the beginning, with a size for all.
    return found ?? ((await readAt(files, FALLBACK, false, read, progress)) as Pixels);
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
    await decoder.close();
  }
}

type Pixels = Pick<ImageSet, 'shape' | 'count' | 'pixels' | 'labels'>;

/**
 * All images at one size; undefined where that has to be their own and one of them has another.
 *
 * @param own whether it has to be their own
 */
async function readAt(
  files: readonly Found[],
  size: ImageSize,
  own: boolean,
  read: (i: number, size: ImageSize) => Promise<FittedImage>,
  onProgress: (done: number) => void,
): Promise<Pixels | undefined> {
  const count = files.length;
  const plane = size.height * size.width;
  // [N, 3, H, W]
  const pixels = new Uint8Array(bytesFor(count, size));
  let grey = true;
  for (let i = 0; i < count; i++) {
    const image = await read(i, size);
    if (own && (image.own.height !== size.height || image.own.width !== size.width)) return undefined;
    grey &&= isGrey(image.rgb);
    for (let c = 0; c < 3; c++) {
      const at = (3 * i + c) * plane;
      for (let k = 0; k < plane; k++) pixels[at + k] = image.rgb[3 * k + c] as number;
    }
    if (i % 64 === 63) onProgress(i + 1);
  }
  onProgress(count);
  return {
    shape: [grey ? 1 : 3, size.height, size.width],
    count,
    pixels: grey ? firstPlanes(pixels, count, plane) : pixels,
    labels: Uint16Array.from(files, ({ label }) => label),
  };
}

function bytesFor(count: number, { height, width }: ImageSize): number {
  const bytes = 3 * count * height * width;
  if (bytes > MOST_BYTES) {
    throw new DataSetError(
      `${count} pictures of ${width}×${height} would take ${bytes} bytes; at most ${MOST_BYTES} are read. Choose a smaller image size.`,
    );
  }
  return bytes;
}

async function readOne(decoder: ImageDecoder, path: string, size?: ImageSize): Promise<FittedImage> {
  try {
    return await decoder.decode(path, size);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DataSetError(`${path} cannot be read: ${reason} Replace it or take it out of the folder.`, { cause });
  }
}

function isGrey(rgb: Uint8Array): boolean {
  for (let i = 0; i < rgb.length; i += 3) if (rgb[i] !== rgb[i + 1] || rgb[i] !== rgb[i + 2]) return false;
  return true;
}

/** [N, 3, H, W] as [N, 1, H, W]. */
function firstPlanes(pixels: Uint8Array, count: number, plane: number): Uint8Array {
  for (let i = 1; i < count; i++) pixels.copyWithin(i * plane, 3 * i * plane, (3 * i + 1) * plane);
  return pixels.slice(0, count * plane);
}
