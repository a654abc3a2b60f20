import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import { plainText } from '#core/plain-text.ts';
import { fileReason, openFile, readFileUpTo } from '#disk/regular-file.ts';
import { DataSetError, type ImageSet } from './image-set.ts';

/**
 * IDX, the format of MNIST, Fashion-MNIST and EMNIST: a magic number (0, 0, type, dimensions), the dimensions as
 * big-endian uint32, then the values; raw or gzipped.
 */
const UBYTE = 0x08;

/** Bound on what one file may take in memory. EMNIST's largest has 0.55 GB. */
const MAX_BYTES = 2 * 2 ** 30 - 1;
const MAX_CLASSES = 65536;
/** How much a large gzip file may unpack to: sets of images unpack to about five times their size. */
const MAX_RATIO = 200;
const LARGE = 64 * 2 ** 20;
/** An EMNIST mapping has 62 lines. */
const MAX_MAPPING = 65_536;

interface IdxFile {
  readonly dims: readonly number[];
  readonly data: Uint8Array;
}

/**
 * Reads one IDX file of unsigned bytes, unpacking it where it is gzipped: no more of it than its header promises.
 *
 * @throws DataSetError where header and contents do not agree
 */
export async function readIdx(path: string, rank: 1 | 3, signal?: AbortSignal): Promise<IdxFile> {
  const name = basename(path);
  const { file, size } = await openFile(path).catch((cause: unknown) => {
    throw new DataSetError(`${name} cannot be read: ${fileReason(cause)}`, { cause });
  });
  // What the parser finds wrong; the streams then say only that they were ended.
  let wrong: unknown;
  try {
    const start = await file.read(Buffer.alloc(2), 0, 2, 0);
    const zipped = start.buffer[0] === 0x1f && start.buffer[1] === 0x8b;
    const parser = new IdxParser(name, rank, { size, zipped });
    const bytes = file.createReadStream({ start: 0, autoClose: false, highWaterMark: 2 ** 20 });
    const feed = async (chunks: AsyncIterable<Buffer>) => {
      try {
        for await (const chunk of chunks) parser.push(chunk);
      } catch (error) {
        wrong = error;
        throw error;
      }
    };
    const options = signal === undefined ? {} : { signal };
    if (zipped) await pipeline(bytes, createGunzip(), feed, options);
    else await pipeline(bytes, feed, options);
    return parser.end();
  } catch (cause) {
    signal?.throwIfAborted();
    if (wrong instanceof DataSetError) throw wrong;
    if (cause instanceof DataSetError) throw cause;
    const { code = '' } = cause as NodeJS.ErrnoException;
    const reason = code.startsWith('Z_')
      ? 'unpacked: it is damaged or was cut off while it was copied. Copy or download it again.'
      : `read: ${fileReason(cause)}`;
    throw new DataSetError(`${name} cannot be ${reason}`, { cause });
  } finally {
    await file.close();
  }
}

/** Takes an IDX file piece by piece, and refuses it as soon as something is wrong. */
class IdxParser {
  readonly #name: string;
  readonly #rank: 1 | 3;
  readonly #source: { readonly size: number; readonly zipped: boolean };
  readonly #header: Buffer;
  #headerBytes = 0;
  #file: IdxFile | undefined;
  #found = 0;

  /** @param source the file that it comes from: its bytes, and whether they have to be unpacked */
  constructor(name: string, rank: 1 | 3, source: { readonly size: number; readonly zipped: boolean }) {
    this.#name = name;
    this.#rank = rank;
    this.#source = source;
    this.#header = Buffer.alloc(4 + 4 * rank);
  }

  push(chunk: Buffer): void {
    const taken = chunk.copy(this.#header, this.#headerBytes);
    this.#headerBytes += taken;
    if (this.#headerBytes < this.#header.length) return;
    this.#file ??= this.#begin();
    const rest = chunk.subarray(taken);
    const { data, dims } = this.#file;
    if (this.#found + rest.length > data.length) throw this.#disagrees(dims, data.length, 'more');
    data.set(rest, this.#found);
    this.#found += rest.length;
  }

  end(): IdxFile {
    if (this.#file === undefined) {
      throw new DataSetError(
        `${this.#name} ends inside its header: ${this.#headerBytes} bytes instead of at least ${this.#header.length}.`,
      );
    }
    const { dims, data } = this.#file;
    if (this.#found < data.length) throw this.#disagrees(dims, data.length, this.#found);
    return this.#file;
  }

  #begin(): IdxFile {
    const header = this.#header;
    if (header.readUInt16BE(0) !== 0 || header[2] !== UBYTE || header[3] !== this.#rank) {
      const what = this.#rank === 3 ? 'images' : 'labels';
      throw new DataSetError(
        `${this.#name} is no IDX file of ${what}: it needs to begin with 0000080${this.#rank}, it begins with ${header.toString('hex', 0, 4)}.`,
      );
    }
    const dims = Array.from({ length: this.#rank }, (_, i) => header.readUInt32BE(4 + 4 * i));
    const promised = dims.reduce((product, dim) => product * dim, 1);
    const { size, zipped } = this.#source;
    const follow = size - header.length;
    if (!zipped && promised !== follow) throw this.#disagrees(dims, promised, follow);
    if (promised > MAX_BYTES) {
      throw new DataSetError(
        `${this.#name} promises ${dims.join(' × ')} = ${promised} bytes; at most ${MAX_BYTES} are read.`,
      );
    }
    if (zipped && promised > Math.max(LARGE, MAX_RATIO * size)) {
      throw new DataSetError(
        `${this.#name} has ${size} bytes and promises to unpack to ${promised}, which no set of images does. Unpack it yourself if you trust it.`,
      );
    }
    return { dims, data: new Uint8Array(promised) };
  }

  /** @param found bytes behind the header, or `more` than were promised */
  #disagrees(dims: readonly number[], promised: number, found: number | 'more'): DataSetError {
    const problem = found === 'more' || found > promised ? 'holds more than it says' : 'was cut off';
    const follow = found === 'more' ? 'more follow' : `${found} follow`;
    return new DataSetError(
      `${this.#name} ${problem}: its header promises ${dims.join(' × ')} = ${promised} bytes, ${follow}. Copy or download it again.`,
    );
  }
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
export async function readIdxFolder(folder: string, signal?: AbortSignal): Promise<ImageSet | undefined> {
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
  const parts: Part[] = [];
  for (const pair of pairs) parts.push(await readPair(folder, pair, signal));
  return joinParts(plainText(basename(folder)), folder, pairs, parts);
}

interface Part {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly pixels: Uint8Array;
  readonly labels: Uint8Array;
}

async function readPair(folder: string, pair: Pair, signal?: AbortSignal): Promise<Part> {
  const images = await readIdx(join(folder, pair.images), 3, signal);
  const labels = await readIdx(join(folder, pair.labels), 1, signal);
  const [count, height, width] = images.dims as readonly [number, number, number];
  if (count !== labels.dims[0]) {
    throw new DataSetError(
      `${pair.images} holds ${count} images, ${pair.labels} ${labels.dims[0]} labels; they must be as many.`,
    );
  }
  if (count === 0 || height === 0 || width === 0) throw new DataSetError(`${pair.images} holds no images.`);
  // EMNIST's pictures lie on their side: columns come before rows.
  if (/emnist/i.test(pair.stem)) await transpose(images.data, count, height, width, signal);
  return { count, height, width, pixels: images.data, labels: labels.data };
}

/** Images between two looks whether somebody wants it to stop. */
const AT_ONCE = 4096;

/** [N, W, H] as [N, H, W], in place. */
async function transpose(
  data: Uint8Array,
  count: number,
  height: number,
  width: number,
  signal?: AbortSignal,
): Promise<void> {
  const image = new Uint8Array(height * width);
  for (let n = 0; n < count; n++) {
    const at = n * height * width;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) image[y * width + x] = data[at + x * height + y] as number;
    }
    data.set(image, at);
    if (n % AT_ONCE === AT_ONCE - 1) {
      await setImmediate();
      signal?.throwIfAborted();
    }
  }
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

function isCharacter(code: number): boolean {
  return Number.isInteger(code) && code >= 0 && code <= 0xffff;
}

/** EMNIST names its classes in a file of "index charCode" lines; others are called by their number. */
async function classNames(folder: string, pairs: readonly Pair[], classes: number): Promise<readonly string[]> {
  const names = Array.from({ length: classes }, (_, i) => String(i));
  const stem = pairs[0]?.stem.replace(/[-_]?(train|test)$/i, '') ?? '';
  const path = join(folder, `${stem}-mapping.txt`);
  if (stem === '' || classes > MAX_CLASSES) return names;
  // Without one, or with one that cannot be read, classes are called by their number.
  const text = await readFileUpTo(path, MAX_MAPPING).then(String, () => '');
  for (const line of text.split('\n')) {
    const [index, code] = line.trim().split(/\s+/).map(Number);
    if (index === undefined || code === undefined || names[index] === undefined || !isCharacter(code)) continue;
    names[index] = plainText(String.fromCharCode(code));
  }
  return names;
}
