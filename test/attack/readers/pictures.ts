import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateSync, gzipSync } from 'node:zlib';
import { encode } from 'fast-png';
import { encode as encodeJpeg } from 'jpeg-js';
import type { Random } from '#core/random.ts';
import { Batcher } from '#main/datasets/batches.ts';
import { readClassFolders } from '#main/datasets/class-folders.ts';
import { fitImage } from '#main/datasets/fit-image.ts';
import { readIdxFolder } from '#main/datasets/idx.ts';
import { decodeImage } from '#main/datasets/image-file.ts';
import { countClasses, type ImageSet, splitOf } from '#main/datasets/image-set.ts';
import { idxBytes } from '../../idx-files.ts';
import { greyRows, jpegOf, pngChunk, pngHeader, pngOf } from '../../image-bombs.ts';
import { mutateBytes, mutateText, pick } from '../mutate.ts';
import { need, type Reader } from './define.ts';

const ramp = (count: number) => Uint8Array.from({ length: count }, (_, i) => (i * 37) % 256);

/** Pixels in blocks that are stored as they are. */
function unpackedPng(): Uint8Array {
  const packed = deflateSync(Buffer.concat([0, 1, 2, 4].map((filter) => Buffer.from([filter, ...ramp(4)]))), {
    level: 0,
  });
  const parts = [
    pngHeader({ width: 2, height: 4, depth: 16 }),
    pngChunk('IDAT', packed),
    pngChunk('IEND', new Uint8Array()),
  ];
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), ...parts]);
}

function pngs(): readonly Uint8Array[] {
  const palette = ['PLTE', ramp(12)] as const;
  return [
    encode({ width: 9, height: 7, data: ramp(189), channels: 3 }),
    encode({ width: 9, height: 7, data: ramp(252), channels: 4 }),
    pngOf({ width: 12, height: 5, rows: greyRows(12, 5, 80), chunks: [['tEXt', ramp(20)]] }),
    pngOf({ width: 8, height: 4, depth: 2, colourType: 3, rows: new Uint8Array(12), chunks: [palette] }),
    pngOf({ width: 8, height: 8, depth: 8, interlaced: true, rows: new Uint8Array(79) }),
    pngOf({ width: 9, height: 4, depth: 1, rows: new Uint8Array(12) }),
    // Unpacked: what is changed in them reaches the pixels.
    unpackedPng(),
  ].map((bytes) => Uint8Array.from(bytes));
}

function jpegs(): readonly Uint8Array[] {
  const data = Buffer.from(ramp(4 * 16 * 12));
  return [encodeJpeg({ width: 16, height: 12, data }, 80).data, jpegOf({ width: 16, height: 8, scans: 3 })].map(
    (bytes) => Uint8Array.from(bytes),
  );
}

/** The same file with the right sum behind each chunk, so that more than the sums is looked at. */
function withSums(bytes: Uint8Array): Uint8Array {
  const mended = Buffer.from(bytes);
  for (let at = 8; at + 12 <= mended.length; ) {
    const end = at + 8 + mended.readUInt32BE(at);
    if (end + 4 > mended.length) break;
    mended.writeUInt32BE(crc32(mended.subarray(at + 4, end)), end);
    at = end + 4;
  }
  return mended;
}

function images(name: string, share: number, valid: () => readonly Uint8Array[]): Reader {
  return {
    name,
    share,
    open: () => {
      const files = valid();
      return (random) => {
        const changed = mutateBytes(random, pick(random, files), files);
        const { width, height, rgb } = decodeImage(random.uniform() < 0.6 ? withSums(changed) : changed);
        need(width > 0 && height > 0 && rgb.length === 3 * width * height, 'not all of its pixels are there');
        if (width * height > 1e6) return true;
        const fitted = fitImage({ width, height, rgb }, { width: 8, height: 8 });
        need(fitted.rgb.length === 192, 'it cannot be scaled');
        return true;
      };
    },
  };
}

/** What is done with a data set that was read. */
function use(set: ImageSet): void {
  const { shape, count, pixels, labels, classNames } = set;
  need(pixels.length >= count * shape[0] * shape[1] * shape[2] && labels.length === count, 'not all of it is there');
  need(Object.keys(classNames).length === classNames.length, 'it has classes that nobody counted');
  need(
    classNames.every((name) => typeof name === 'string'),
    'a class has no name',
  );
  need(
    labels.every((label) => label < classNames.length),
    'a picture is of no class',
  );
  const { train } = splitOf(set);
  countClasses(set, train);
  new Batcher(set, classNames.length).fill(Uint32Array.of(0), 0, 1);
  structuredClone(classNames);
}

function idx(name: string, share: number, pack: (bytes: Uint8Array) => Uint8Array, suffix: string): Reader {
  return {
    name,
    share,
    open: (folder) => {
      const valid = [
        idxBytes([12, 4, 4], ramp(192)),
        idxBytes(
          [12],
          ramp(12).map((n) => n % 10),
        ),
      ].map(pack);
      const [images, labels] = valid as [Uint8Array, Uint8Array];
      const mapping = Array.from({ length: 10 }, (_, i) => `${i} ${65 + i}`).join('\n');
      const put = (file: string, contents: Uint8Array | string) => writeFileSync(join(folder, file), contents);
      return async (random) => {
        const which = random.below(3);
        const changed = (bytes: Uint8Array) => mutateBytes(random, bytes, valid);
        put(`emnist-train-images-idx3-ubyte${suffix}`, which === 0 ? changed(images) : images);
        put(`emnist-train-labels-idx1-ubyte${suffix}`, which === 1 ? changed(labels) : labels);
        put('emnist-mapping.txt', which === 2 ? mutateText(random, mapping, []) : mapping);
        const set = await readIdxFolder(folder);
        need(set !== undefined, 'there is no set');
        use(set as ImageSet);
        return true;
      };
    },
  };
}

const ODD_NAMES = [
  ...[
    '.',
    '__proto__',
    'constructor',
    ' ',
    'train',
    'test',
    'val',
    '\u202egpj',
    'é',
    'e\u0301',
    '😀',
    '-rf',
    'CON',
    '%2e%2e',
  ],
  ...[
    'a\nb',
    '\u0007bell',
    'a'.repeat(255),
    'class 2',
    'class 10',
    '.hidden',
    '"',
    '\\',
    '$(x)',
    '1.png',
    'x.jpg',
    '~',
    '*',
  ],
] as const;

const oddName = (random: Random) =>
  pick(random, [...ODD_NAMES, pick(random, ODD_NAMES) + pick(random, ODD_NAMES)]).slice(0, 60);

const classFolders: Reader = {
  name: 'class folders with odd names',
  share: 3000,
  open: (folder) => {
    const files = [...pngs(), ...jpegs()];
    return async (random) => {
      const root = join(folder, 'set');
      rmSync(root, { recursive: true, force: true });
      mkdirSync(root);
      const attempt = (work: () => void) => {
        try {
          work();
        } catch {
          // The system has no such name, or has it already.
        }
      };
      for (let i = random.below(4); i >= 0; i--) {
        const name = oddName(random);
        const inner = random.uniform() < 0.3 ? join(name, oddName(random)) : name;
        attempt(() => mkdirSync(join(root, inner), { recursive: true }));
        for (let k = random.below(3); k > 0; k--) {
          const bytes = random.uniform() < 0.9 ? pick(random, files) : mutateBytes(random, pick(random, files), files);
          attempt(() =>
            writeFileSync(join(root, inner, `${oddName(random)}${pick(random, ['.png', '.JPG', ''])}`), bytes),
          );
        }
      }
      use(await readClassFolders(root, random.uniform() < 0.5 ? { height: 5, width: 6 } : undefined));
      return true;
    };
  },
};

export const pictureReaders: readonly Reader[] = [
  images('PNG files', 26_000, pngs),
  images('JPEG files', 15_000, jpegs),
  idx('IDX files', 7000, (bytes) => bytes, ''),
  idx('IDX files, gzipped', 7000, gzipSync, '.gz'),
  classFolders,
];
