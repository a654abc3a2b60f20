/** Folders of JPEG and PNG files, a folder for each class. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encode as encodePng } from 'fast-png';
import { encode as encodeJpeg } from 'jpeg-js';
import { describe, expect, it } from 'vitest';
import { decodeImage } from '#main/datasets/image-file.ts';
import { DataSets } from '#main/datasets/source.ts';
import { temporaryFolder } from '../../temporary.ts';

/** A picture of one colour. */
function png(width: number, height: number, colour: readonly number[], depth: 8 | 16 = 8): Uint8Array {
  const channels = colour.length;
  const values = Array.from({ length: width * height * channels }, (_, i) => colour[i % channels]!);
  const data = depth === 16 ? Uint16Array.from(values, (value) => value * 256) : Uint8Array.from(values);
  return encodePng({ width, height, data, depth, channels });
}

function jpeg(width: number, height: number, [r, g, b]: readonly [number, number, number]): Uint8Array {
  const data = Buffer.from(Array.from({ length: width * height }, () => [r, g, b, 255]).flat());
  return encodeJpeg({ width, height, data }, 95).data;
}

function put(root: string, path: string, bytes: Uint8Array): void {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), bytes);
}

const read = (
  path: string,
  size?: { height: number; width: number },
  onProgress?: (done: number, total: number) => void,
) =>
  new DataSets({ onProgress: (_, done, total) => onProgress?.(done, total) }).read({
    type: 'folder',
    path,
    ...(size && { size }),
  });

describe('class folders', () => {
  it('are read in a fixed order that mixes the classes, JPEG and PNG alike', async () => {
    const root = temporaryFolder();
    for (let i = 0; i < 8; i++) {
      put(root, `red/${i}.png`, png(4, 3, [200, 10, 20]));
      put(root, `green/${i}.JPG`, jpeg(4, 3, [10, 200, 20]));
      put(root, `green/notes ${i}.txt`, Buffer.from('no picture'));
    }
    const progress: [number, number][] = [];
    const set = await read(root, undefined, (done, total) => progress.push([done, total]));
    expect(set).toMatchObject({ shape: [3, 3, 4], count: 16, classNames: ['green', 'red'], resizable: true });
    expect(set.heldBackFrom).toBeUndefined();
    expect(progress.at(-1)).toEqual([16, 16]);
    expect(new Set(set.labels.subarray(0, 8))).toEqual(new Set([0, 1]));
    for (let i = 0; i < 16; i++) {
      const [r, g, b] = [0, 1, 2].map((c) => set.pixels[i * 36 + c * 12 + 5]!) as [number, number, number];
      const [er, eg, eb] = set.labels[i] === 1 ? [200, 10, 20] : [10, 200, 20];
      for (const [found, expected] of [
        [r, er],
        [g, eg],
        [b, eb],
      ] as const)
        expect(Math.abs(found - expected)).toBeLessThan(8);
    }
    expect([...(await read(root)).labels]).toEqual([...set.labels]);
  });

  it('hold back what lies in test (or val); grey pictures have one channel', async () => {
    const root = temporaryFolder();
    for (let i = 0; i < 3; i++) {
      put(root, `train/class 10/${i}.png`, png(2, 2, [i]));
      put(root, `train/class 2/${i}.png`, png(2, 2, [100 + i, 100 + i, 100 + i]));
    }
    put(root, 'test/class 2/a.png', png(2, 2, [200]));
    const set = await read(root);
    expect(set).toMatchObject({ shape: [1, 2, 2], count: 7, heldBackFrom: 6, classNames: ['class 2', 'class 10'] });
    expect(set.labels[6]).toBe(0);
    expect(set.pixels[24]).toBe(200);
  });

  it('bring pictures of different sizes to one, or to the size that is asked for', async () => {
    const root = temporaryFolder();
    put(root, 'a/1.png', png(10, 20, [50, 60, 70]));
    put(root, 'b/2.png', png(30, 8, [90, 60, 70]));
    expect(await read(root)).toMatchObject({ shape: [3, 64, 64], count: 2 });
    const small = await read(root, { height: 4, width: 6 });
    expect(small.shape).toEqual([3, 4, 6]);
    expect([...small.pixels.subarray(0, 24)]).toEqual(new Array(24).fill(small.labels[0] === 0 ? 50 : 90));
  });

  it.each([
    ['an empty folder', () => undefined, 'it needs a folder of JPEG or PNG files for each class'],
    [
      'a broken picture',
      (root: string) => put(root, 'a/1.png', png(4, 4, [9]).subarray(0, 40)),
      /1\.png cannot be read: .* Replace it or take it out/,
    ],
    [
      'a picture that is none',
      (root: string) => put(root, 'a/1.jpg', Buffer.from('text')),
      'It is neither JPEG nor PNG.',
    ],
    [
      'a class that only the test pictures have',
      (root: string) => {
        put(root, 'train/a/1.png', png(2, 2, [1]));
        put(root, 'test/b/1.png', png(2, 2, [1]));
      },
      'has a class "b" that the training pictures have not',
    ],
  ])('%s is refused in words', async (_, write, message) => {
    const root = temporaryFolder();
    write(root);
    await expect(read(root)).rejects.toThrow(message);
  });
});

describe('a picture file', () => {
  it.each([
    ['grey', png(2, 1, [7]), [7, 7, 7, 7, 7, 7]],
    ['grey with alpha', png(2, 1, [7, 255]), [7, 7, 7, 7, 7, 7]],
    ['colour', png(2, 1, [1, 2, 3]), [1, 2, 3, 1, 2, 3]],
    ['colour with alpha', png(2, 1, [1, 2, 3, 0]), [1, 2, 3, 1, 2, 3]],
    ['16 bits', png(2, 1, [1, 2, 3], 16), [1, 2, 3, 1, 2, 3]],
  ])('%s', (_, bytes, expected) => {
    expect([...decodeImage(bytes).rgb]).toEqual(expected);
  });

  it('that promises more pixels than are read is refused before it is unpacked', () => {
    const bytes = png(2, 2, [1]).slice();
    new DataView(bytes.buffer).setUint32(16, 100_000);
    new DataView(bytes.buffer).setUint32(20, 100_000);
    expect(() => decodeImage(bytes)).toThrow('100000×100000 pixels');
  });
});
