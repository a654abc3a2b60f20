import { open, readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { DataSetError, type ImageSet } from './image-set.ts';

/**
 * IDX, the format of MNIST, Fashion-MNIST and EMNIST: a magic number (0, 0, type, dimensions), the dimensions as
 * big-endian uint32, then the values; raw or gzipped.
 */
const UBYTE = 0x08;

/** Bound on what one file may take in memory. EMNIST's largest has 0.55 GB. */
const MOST_BYTES = 2 * 2 ** 30 - 1;
const MOST_CLASSES = 65536;

const gunzipAsync = promisify(gunzip);

interface IdxFile {
  readonly dims: readonly number[];
  readonly data: Uint8Array;
}

async function readBytes(path: string): Promise<Uint8Array> {
  const { size } = await stat(path);
  const name = basename(path);
  if (size > MOST_BYTES) throw new DataSetError(`${name} has ${size} bytes; at most ${MOST_BYTES} are read.`);
  const bytes = await readFile(path);
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return await gunzipAsync(bytes, { maxOutputLength: MOST_BYTES });
  } catch (cause) {
    throw new DataSetError(
      `${name} cannot be unpacked: it is damaged or was cut off while it was copied. Copy or download it again.`,
      { cause },
    );
  }
}

/** Reads one IDX file of unsigned bytes. Throws DataSetError where header and contents do not agree. */
export async function readIdx(path: string, rank: 1 | 3): Promise<IdxFile> {
  const bytes = await readBytes(path);
  const name = basename(path);
  const header = 4 + 4 * rank;
  if (bytes.byteLength < header) {
    throw new DataSetError(`${name} ends inside its header: ${bytes.byteLength} bytes instead of at least ${header}.`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint16(0) !== 0 || view.getUint8(2) !== UBYTE || view.getUint8(3) !== rank) {
    const found = view.getUint32(0).toString(16).padStart(8, '0');
    const what = rank === 3 ? 'images' : 'labels';
    throw new DataSetError(
      `${name} is no IDX file of ${what}: it needs to begin with 0000080${rank}, it begins with ${found}.`,
    );
  }
  const dims = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  const promised = dims.reduce((product, dim) => product * dim, 1);
  const found = bytes.byteLength - header;
  if (promised !== found) {
    const problem = promised > found ? 'was cut off' : 'holds more than it says';
    throw new DataSetError(
      `${name} ${problem}: its header promises ${dims.join(' × ')} = ${promised} bytes, ${found} follow. Copy or download it again.`,
    );
  }
  return { dims, data: bytes.subarray(header) };
}

interface Pair {
  /** What the files' names share: "train", "t10k", "emnist-letters-test". */
  readonly stem: string;
  readonly images: string;
  readonly labels: string;
}

function isTraining({ stem }: Pair): boolean {
  return /train/i.test(stem);
}

const IMAGES = /^(.*?)[-_.]?images[-_.]idx3[-_.]ubyte(\.gz)?$/i;

/** The image and label files of a folder that belong together, training files first. */
function findPairs(files: readonly string[]): readonly Pair[] {
  const pairs: Pair[] = [];
  for (const images of [...files].sort()) {
    const match = IMAGES.exec(images);
    if (match === null) continue;
    const wanted = images
      .replace(/images/i, 'labels')
      .replace(/idx3/i, 'idx1')
      .replace(/\.gz$/i, '');
    const labels = files.find((file) => file.replace(/\.gz$/i, '') === wanted);
    if (labels === undefined) {
      throw new DataSetError(
        `${images} has no labels beside it; put ${wanted} (or ${wanted}.gz) into the same folder.`,
      );
    }
    const stem = match[1] as string;
    // A file and its gzipped copy are one.
    if (!pairs.some((pair) => pair.stem === stem)) pairs.push({ stem, images, labels });
  }
  return [...pairs.filter(isTraining), ...pairs.filter((pair) => !isTraining(pair))];
}

/** Reads a folder of IDX files as MNIST, Fashion-MNIST and EMNIST come; undefined where it holds none. */
export async function readIdxFolder(folder: string): Promise<ImageSet | undefined> {
  let files: string[];
  try {
    files = await readdir(folder);
  } catch (cause) {
    throw new DataSetError(`There is no folder ${folder}, or it may not be read.`, { cause });
  }
  const pairs = findPairs(files);
  if (pairs.length === 0) return undefined;
  if (pairs.length > 2) {
    const names = pairs.map((pair) => pair.stem).join(', ');
    throw new DataSetError(
      `${folder} holds several data sets (${names}); put the one you want into a folder of its own.`,
    );
  }
  const parts = await Promise.all(pairs.map((pair) => readPair(folder, pair)));
  return joinParts(basename(folder), folder, pairs, parts);
}

interface Part {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly pixels: Uint8Array;
  readonly labels: Uint8Array;
}

async function readPair(folder: string, pair: Pair): Promise<Part> {
  const images = await readIdx(join(folder, pair.images), 3);
  const labels = await readIdx(join(folder, pair.labels), 1);
  const [count, height, width] = images.dims as readonly [number, number, number];
  if (count !== labels.dims[0]) {
    throw new DataSetError(
      `${pair.images} holds ${count} images, ${pair.labels} ${labels.dims[0]} labels; they must be as many.`,
    );
  }
  if (count === 0 || height === 0 || width === 0) throw new DataSetError(`${pair.images} holds no images.`);
  // EMNIST's pictures lie on their side: columns come before rows.
  const pixels = /emnist/i.test(pair.stem) ? transposed(images.data, count, height, width) : images.data;
  return { count, height, width, pixels, labels: labels.data };
}

function transposed(data: Uint8Array, count: number, height: number, width: number): Uint8Array {
  const out = new Uint8Array(data.length);
  for (let n = 0; n < count; n++) {
    const at = n * height * width;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) out[at + y * width + x] = data[at + x * height + y] as number;
    }
  }
  return out;
}

async function joinParts(
  name: string,
  folder: string,
  pairs: readonly Pair[],
  parts: readonly Part[],
): Promise<ImageSet> {
  const [first, second] = parts as readonly [Part, Part | undefined];
  const { height, width } = first;
  if (second !== undefined && (second.height !== height || second.width !== width)) {
    throw new DataSetError(
      `${pairs[0]?.images} has pictures of ${width}×${height}, ${pairs[1]?.images} of ${second.width}×${second.height}; they must be alike.`,
    );
  }
  const count = first.count + (second?.count ?? 0);
  const pixels = second === undefined ? first.pixels : new Uint8Array(count * height * width);
  const labels = new Uint16Array(count);
  let at = 0;
  for (const part of parts) {
    if (second !== undefined) pixels.set(part.pixels, at * height * width);
    labels.set(part.labels, at);
    at += part.count;
  }
  const classes = labels.reduce((most, label) => Math.max(most, label), 0) + 1;
  return {
    name,
    shape: [1, height, width],
    count,
    pixels,
    labels,
    classNames: await classNames(folder, pairs, classes),
    ...(second !== undefined && pairs[0] && isTraining(pairs[0]) && { heldBackFrom: first.count }),
  };
}

/** EMNIST names its classes in a file of "index charCode" lines; others are called by their number. */
async function classNames(folder: string, pairs: readonly Pair[], classes: number): Promise<readonly string[]> {
  const names = Array.from({ length: classes }, (_, i) => String(i));
  const stem = pairs[0]?.stem.replace(/[-_]?(train|test)$/i, '') ?? '';
  const path = join(folder, `${stem}-mapping.txt`);
  if (stem === '' || classes > MOST_CLASSES) return names;
  const text = await readMapping(path);
  for (const line of text.split('\n')) {
    const [index, code] = line.trim().split(/\s+/).map(Number);
    if (index !== undefined && code !== undefined && index < classes) names[index] = String.fromCharCode(code);
  }
  return names;
}

async function readMapping(path: string): Promise<string> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return '';
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(65536), 0, 65536, 0);
    return buffer.toString('ascii', 0, bytesRead);
  } finally {
    await file.close();
  }
}
