/** Files and folders that ask for far more than they look like, and what the command line is asked to do with each. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { findTemplate } from '#core/templates/index.ts';
import { idxBytes } from '../idx-files.ts';
import { colourProfile, greyRows, jpegOf, pngOf } from '../image-bombs.ts';

export interface Bomb {
  readonly name: string;
  /** Words of the command line, after everything was put into a folder. */
  prepare(folder: string): readonly string[];
}

const lenet = () => {
  const template = findTemplate('lenet5')?.create();
  if (template === undefined) throw new Error('There is no template lenet5.');
  return template;
};

const relus = (count: number, name?: string) =>
  Array.from({ length: count }, (_, i) => ({ id: `r${i}`, kind: 'ReLU', name: name ?? `r${i}`, fields: {} }));
const input = { id: 'in', kind: 'Input', name: 'in', fields: { height: 8, width: 8, channels: 1, mean: 0, scale: 1 } };
const inRow = (layers: readonly { readonly id: string }[]) => layers.slice(1).map(({ id }, i) => [layers[i]?.id, id]);

function design(parts: Readonly<Record<string, unknown>>): string {
  const common = { format: 'convcanvas', version: 1, name: 'x', layers: [], edges: [], training: lenet().training };
  return JSON.stringify({ ...common, classLabels: [], ...parts });
}

function designBomb(name: string, text: () => string): Bomb {
  return {
    name: `design: ${name}`,
    prepare: (folder) => {
      writeFileSync(join(folder, 'x.convcanvas'), text());
      return ['inspect', join(folder, 'x.convcanvas')];
    },
  };
}

/** A folder of one class with this in place of an image. */
function imageBomb(name: string, fill: (path: string) => void): Bomb {
  return {
    name: `image: ${name}`,
    prepare: (folder) => {
      mkdirSync(join(folder, 'a'));
      fill(join(folder, 'a', '1.png'));
      return ['train', 'lenet5', '--data', folder, '--epochs', '1'];
    },
  };
}

const imageBytes = (name: string, bytes: () => Uint8Array) => imageBomb(name, (path) => writeFileSync(path, bytes()));

function idxBomb(name: string, fill: (images: string) => void): Bomb {
  return {
    name: `IDX: ${name}`,
    prepare: (folder) => {
      fill(join(folder, 'train-images-idx3-ubyte'));
      writeFileSync(join(folder, 'train-labels-idx1-ubyte'), idxBytes([10], new Uint8Array(10)));
      return ['train', 'lenet5', '--data', folder, '--epochs', '1'];
    },
  };
}

function modelBomb(name: string, fill: (path: string) => void): readonly Bomb[] {
  return (['--from', 'evaluate'] as const).map((use) => ({
    name: `model, ${use}: ${name}`,
    prepare: (folder) => {
      const path = join(folder, 'x.onnx');
      fill(path);
      if (use === 'evaluate') return ['evaluate', path, '--data', 'builtin:digits'];
      return ['train', 'lenet5', '--data', 'builtin:digits', '--from', path, '--epochs', '1'];
    },
  }));
}

/** A model whose graph holds so many of one field, all empty. */
function emptyFields(count: number, tag: number): Buffer {
  const graph = Buffer.alloc(2 * count);
  for (let i = 0; i < graph.length; i += 2) graph[i] = tag;
  const length: number[] = [];
  for (let rest = graph.length; ; rest >>>= 7) {
    length.push(rest > 127 ? (rest & 127) | 128 : rest);
    if (rest <= 127) break;
  }
  return Buffer.concat([Buffer.from([0x08, 8, 0x3a, ...length]), graph]);
}

/** What is no plain file, in place of one. */
const ODD: { readonly [name: string]: (path: string) => void } = {
  'a named pipe': (path) => void execFileSync('mkfifo', [path]),
  'a link to a device without end': (path) => symlinkSync('/dev/zero', path),
};

export function bombs(): readonly Bomb[] {
  const odd = process.platform === 'win32' ? [] : Object.entries(ODD);
  return [
    designBomb('blocks of a million layers', () => {
      const blocks = Array.from({ length: 1000 }, (_, i) => ({
        ...{ id: `b${i}`, kind: 'Block', name: `b${i}` },
        fields: { block: 'x', expanded: true },
      }));
      const layers = [input, ...blocks];
      const inner = relus(1000);
      const block = { name: 'x', layers: inner, edges: [['', 'r0'], ...inRow(inner)] };
      return design({ layers, edges: inRow(layers), blocks: [block] });
    }),
    designBomb('two thousand layers of one name', () => {
      const layers = [input, ...relus(1999, 'same')];
      return design({ layers, edges: inRow(layers) });
    }),
    designBomb('lists 3,000 deep', () => `${'['.repeat(3000)}${']'.repeat(3000)}`),
    designBomb('15 million opened lists', () => '['.repeat(15e6)),
    designBomb('a million keys', () =>
      design({ training: Object.fromEntries(Array.from({ length: 1e6 }, (_, i) => [`k${i}`, 1])) }),
    ),
    designBomb('a million wrong labels', () => design({ classLabels: Array.from({ length: 1e6 }, () => 1) })),
    designBomb('a volume of 10³⁰⁰ numbers', () => {
      const ups = Array.from({ length: 200 }, (_, i) => ({
        ...{ id: `u${i}`, kind: 'UpSampling2D', name: `u${i}` },
        fields: { size: 64 },
      }));
      return design({ layers: [input, ...ups], edges: inRow([input, ...ups]) });
    }),
    ...odd.map(([name, make]) => ({
      name: `design: ${name}`,
      prepare: (folder: string) => {
        make(join(folder, 'x.convcanvas'));
        return ['inspect', join(folder, 'x.convcanvas')];
      },
    })),
    imageBytes('a profile of 1 GB in a PNG', () =>
      pngOf({ width: 28, height: 28, rows: greyRows(28, 28), chunks: [['iCCP', colourProfile(1e9)]] }),
    ),
    imageBytes('a PNG of 28×28 that unpacks to 1 GB', () =>
      pngOf({ width: 28, height: 28, rows: new Uint8Array(1e9) }),
    ),
    imageBytes('a PNG of 10 gigapixels', () => pngOf({ width: 1e5, height: 1e5, rows: new Uint8Array() })),
    imageBytes('the largest PNG that is read', () => pngOf({ width: 6000, height: 6000, rows: greyRows(6000, 6000) })),
    imageBytes('the largest PNG of 16 bits that is read', () =>
      pngOf({ width: 2800, height: 2800, depth: 16, colourType: 6, rows: new Uint8Array(2800 * (2800 * 8 + 1)) }),
    ),
    imageBytes('a JPEG of 10,000 scans', () => jpegOf({ width: 500, height: 500, scans: 10_000 })),
    imageBytes('the most scans that are read', () => jpegOf({ width: 1000, height: 1000, scans: 200 })),
    imageBytes('a JPEG of 4 gigapixels', () => jpegOf({ width: 65_000, height: 65_000 })),
    imageBytes('the largest grey JPEG that is read', () => jpegOf({ width: 4300, height: 4300, scans: 10 })),
    imageBytes('a JPEG of 36 megapixels', () => jpegOf({ width: 6000, height: 6000, scans: 5 })),
    imageBytes('a JPEG of 100 frames', () => jpegOf({ width: 4000, height: 4000, frames: 100 })),
    imageBytes('a JPEG of 300,000 tables', () => jpegOf({ width: 28, height: 28, tables: 300_000 })),
    imageBomb('3 GB', (path) => {
      writeFileSync(path, pngOf({ width: 28, height: 28, rows: greyRows(28, 28) }));
      truncateSync(path, 3e9);
    }),
    ...odd.map(([name, make]) => imageBomb(name, make)),
    idxBomb('gzip of 1 GB behind a small header', (path) =>
      writeFileSync(path, gzipSync(idxBytes([10, 28, 28], new Uint8Array(1e9)), { level: 9 })),
    ),
    idxBomb('gzip whose header promises 2 GB', (path) =>
      writeFileSync(path, gzipSync(idxBytes([2_700_000, 28, 28], new Uint8Array(1e6)))),
    ),
    idxBomb('a header that promises 10²⁸ bytes', (path) =>
      writeFileSync(path, idxBytes([0xffffffff, 0xffffffff, 0xffffffff], new Uint8Array(10))),
    ),
    idxBomb('3 GB', (path) => {
      writeFileSync(path, idxBytes([10, 28, 28], new Uint8Array(7840)));
      truncateSync(path, 3e9);
    }),
    ...odd.map(([name, make]) => idxBomb(name, make)),
    ...modelBomb('cut off', (path) => writeFileSync(path, emptyFields(100, 0x2a).subarray(0, 50))),
    ...modelBomb('3 GB', (path) => {
      writeFileSync(path, emptyFields(100, 0x2a));
      truncateSync(path, 3e9);
    }),
    ...modelBomb('a million tensors', (path) => writeFileSync(path, emptyFields(1e6, 0x2a))),
    ...modelBomb('five million nodes', (path) => writeFileSync(path, emptyFields(5e6, 0x0a))),
    ...odd.flatMap(([name, make]) => modelBomb(name, make)),
  ];
}
