import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ImageSize } from '#contract/schemas.ts';
import { permutation, randomStream } from '#core/random.ts';
import { fitImage } from './fit-image.ts';
import { type DecodedImage, decodeImage, IMAGE_LIMITS } from './image-file.ts';
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

/** Told how many of how many pictures were read. */
export type OnProgress = (done: number, total: number) => void;

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
export async function readClassFolders(folder: string, size?: ImageSize, onProgress?: OnProgress): Promise<ImageSet> {
  const folders = await foldersIn(folder);
  const train = folders.find((name) => TRAINING.test(name));
  const heldBack = folders.find((name) => HELD_BACK.test(name));
  const roots = train !== undefined ? [train, ...(heldBack === undefined ? [] : [heldBack])] : [''];
  const classNames = await foldersIn(join(folder, roots[0] as string));
  if (classNames.length > MOST_CLASSES)
    throw new DataSetError(`${folder} holds ${classNames.length} classes; at most ${MOST_CLASSES} are read.`);
  const parts: Found[][] = [];
  for (const root of roots) parts.push(await findImages(join(folder, root), classNames));
  const [first = [], second = []] = parts;
  if (first.length === 0) {
    throw new DataSetError(
      `${folder} holds no data set: it needs a folder of JPEG or PNG files for each class (or train and test with such folders), or MNIST's IDX files.`,
    );
  }
  const images = await readImages([...first, ...second], size, onProgress);
  return {
    name: basename(folder),
    ...images,
    classNames,
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
async function findImages(root: string, classNames: readonly string[]): Promise<Found[]> {
  const unknown = (await foldersIn(root)).filter((name) => !classNames.includes(name));
  if (unknown.length > 0) {
    throw new DataSetError(
      `${root} has a class "${unknown[0]}" that the training pictures have not. Both need the same folders.`,
    );
  }
  const found: Found[] = [];
  for (const [label, name] of classNames.entries()) {
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
  onProgress: OnProgress = () => undefined,
): Promise<Pick<ImageSet, 'shape' | 'count' | 'pixels' | 'labels'>> {
  const count = files.length;
  const labels = Uint16Array.from(files, ({ label }) => label);
  const first = await readOne((files[0] as Found).path);
  let size: ImageSize = asked ?? { height: first.height, width: first.width };
  let images = new Uint8Array(bytesFor(count, size));
  let grey = true;
  for (let i = 0; i < count; i++) {
    const image = i === 0 ? first : await readOne((files[i] as Found).path);
    if (asked === undefined && size !== FALLBACK && (image.height !== size.height || image.width !== size.width)) {
      // Not all of one size after all: from the beginning, with a size for all.
      size = FALLBACK;
      images = new Uint8Array(bytesFor(count, size));
      i = -1;
      continue;
    }
    const { rgb } = fitImage(image, size);
    grey &&= isGrey(rgb);
    images.set(rgb, i * rgb.length);
    if (i % 64 === 63) onProgress(i + 1, count);
  }
  onProgress(count, count);
  const channels = grey ? 1 : 3;
  return { shape: [channels, size.height, size.width], count, pixels: planes(images, count, size, channels), labels };
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

async function readOne(path: string): Promise<DecodedImage> {
  try {
    const { size } = await stat(path);
    if (size > IMAGE_LIMITS.bytes) throw new Error(`It has ${size} bytes; at most ${IMAGE_LIMITS.bytes} are read.`);
    return decodeImage(await readFile(path));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DataSetError(`${path} cannot be read: ${reason} Replace it or take it out of the folder.`, { cause });
  }
}

function isGrey(rgb: Uint8Array): boolean {
  for (let i = 0; i < rgb.length; i += 3) if (rgb[i] !== rgb[i + 1] || rgb[i] !== rgb[i + 2]) return false;
  return true;
}

/** [N, H, W, 3] as [N, C, H, W]. */
function planes(images: Uint8Array, count: number, { height, width }: ImageSize, channels: number): Uint8Array {
  const plane = height * width;
  const out = new Uint8Array(count * channels * plane);
  for (let n = 0; n < count; n++) {
    for (let c = 0; c < channels; c++) {
      const [from, to] = [n * 3 * plane + c, (n * channels + c) * plane];
      for (let i = 0; i < plane; i++) out[to + i] = images[from + 3 * i] as number;
    }
  }
  return out;
}
