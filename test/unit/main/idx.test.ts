import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { DataSetError } from '#main/datasets/image-set.ts';
import { DataSets } from '#main/datasets/source.ts';
import { idxBytes, writeDigits } from '../../idx-files.ts';
import { temporaryFolder } from '../../temporary.ts';

const PICTURES = Uint8Array.from({ length: 2 * 2 * 3 }, (_, i) => i);

function write(folder: string, stem: string, labels = Uint8Array.of(3, 1)): void {
  writeFileSync(join(folder, `${stem}-images-idx3-ubyte`), idxBytes([2, 2, 3], PICTURES));
  writeFileSync(join(folder, `${stem}-labels-idx1-ubyte`), idxBytes([2], labels));
}

const read = (path: string) => new DataSets().read({ type: 'folder', path });

const refusal = async (folder: string): Promise<string> => {
  const error = await read(folder).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DataSetError);
  return (error as Error).message;
};

describe('IDX folders', () => {
  it('are read raw', async () => {
    const folder = temporaryFolder();
    write(folder, 'train');
    const set = await read(folder);
    expect(set).toMatchObject({ shape: [1, 2, 3], count: 2 });
    expect([...set.pixels]).toEqual([...PICTURES]);
    expect([...set.labels]).toEqual([3, 1]);
    expect(set.classNames).toEqual(['0', '1', '2', '3']);
    expect(set.heldBackFrom).toBeUndefined();
  });

  it('are read gzipped', async () => {
    const folder = temporaryFolder();
    writeDigits(folder, 30, 't10k', true);
    const set = await read(folder);
    expect(set).toMatchObject({ shape: [1, 28, 28], count: 30 });
    expect(set.labels[13]).toBe(3);
  });

  it('join training and test files, training first; the test files are held back', async () => {
    const folder = temporaryFolder();
    writeDigits(folder, 20, 't10k');
    writeDigits(folder, 50, 'train', true);
    const set = await read(folder);
    expect(set).toMatchObject({ count: 70, heldBackFrom: 50 });
    expect(set.pixels.length).toBe(70 * 784);
  });

  it('turn the pictures of EMNIST upright and take its class names', async () => {
    const folder = temporaryFolder();
    write(folder, 'emnist-letters-train');
    writeFileSync(join(folder, 'emnist-letters-mapping.txt'), '1 65\n3 67\n');
    const set = await read(folder);
    // A picture of 2 rows and 3 columns was stored column by column.
    expect([...set.pixels.subarray(0, 6)]).toEqual([0, 2, 4, 1, 3, 5]);
    expect(set.classNames).toEqual(['0', 'A', '2', 'C']);
  });

  it('take no class names for classes that there cannot be', async () => {
    const folder = temporaryFolder();
    write(folder, 'emnist-letters-train');
    writeFileSync(join(folder, 'emnist-letters-mapping.txt'), '-1 65\n0.5 66\n1 x\n2 1e9\n9 67\n3 -7\n');
    const { classNames } = await read(folder);
    expect(Object.keys(classNames)).toEqual(['0', '1', '2', '3']);
    expect(classNames).toEqual(['0', '1', '2', '3']);
  });
});

describe('IDX folders that cannot be used say why, and what to do', () => {
  it('no such folder', async () => {
    expect(await refusal('/nowhere/at/all')).toContain('There is no folder /nowhere/at/all');
  });

  it('nothing in it', async () => {
    expect(await refusal(temporaryFolder())).toContain('it needs a folder of JPEG or PNG files for each class');
  });

  it('images without labels', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'train-images-idx3-ubyte'), idxBytes([2, 2, 3], PICTURES));
    expect(await refusal(folder)).toContain('put train-labels-idx1-ubyte');
  });

  it('a file that was cut off', async () => {
    const folder = temporaryFolder();
    write(folder, 'train');
    writeFileSync(join(folder, 'train-images-idx3-ubyte'), idxBytes([2, 2, 3], PICTURES.subarray(0, 7)));
    const message = await refusal(folder);
    expect(message).toContain('train-images-idx3-ubyte was cut off');
    expect(message).toContain('2 × 2 × 3 = 12 bytes, 7 follow. Copy or download it again');
  });

  it('a header that promises far more than the file holds', async () => {
    const folder = temporaryFolder();
    write(folder, 'train');
    const bytes = idxBytes([2, 2, 3], PICTURES);
    bytes.writeUInt32BE(0xffffffff, 4);
    writeFileSync(join(folder, 'train-images-idx3-ubyte'), bytes);
    expect(await refusal(folder)).toContain('4294967295 × 2 × 3 = 25769803770 bytes, 12 follow');
  });

  it('a file that ends inside its header', async () => {
    const folder = temporaryFolder();
    write(folder, 'train');
    writeFileSync(join(folder, 'train-labels-idx1-ubyte'), Buffer.from([0, 0, 8, 1, 0]));
    expect(await refusal(folder)).toContain('ends inside its header');
  });

  it('a gzip file that was cut off', async () => {
    const folder = temporaryFolder();
    write(folder, 'train');
    const zipped = gzipSync(
      idxBytes(
        [200, 2, 3],
        new Uint8Array(1200).map((_, i) => i * 7),
      ),
    );
    writeFileSync(join(folder, 'train-images-idx3-ubyte'), zipped.subarray(0, zipped.length - 12));
    expect(await refusal(folder)).toContain('cannot be unpacked: it is damaged or was cut off');
  });

  it('a file of another kind', async () => {
    const folder = temporaryFolder();
    write(folder, 'train');
    writeFileSync(join(folder, 'train-images-idx3-ubyte'), 'this is a text and no picture at all');
    expect(await refusal(folder)).toContain('it needs to begin with 00000803, it begins with 74686973');
  });

  it('more labels than images', async () => {
    const folder = temporaryFolder();
    write(folder, 'train');
    writeFileSync(join(folder, 'train-labels-idx1-ubyte'), idxBytes([3], Uint8Array.of(1, 2, 3)));
    expect(await refusal(folder)).toContain('holds 2 images, train-labels-idx1-ubyte 3 labels');
  });

  it('test pictures of another size', async () => {
    const folder = temporaryFolder();
    write(folder, 'train');
    writeDigits(folder, 10, 't10k');
    expect(await refusal(folder)).toContain('has pictures of 3×2, t10k-images-idx3-ubyte of 28×28');
  });

  it('several data sets at once', async () => {
    const folder = temporaryFolder();
    for (const stem of ['emnist-letters-train', 'emnist-digits-train', 'train']) write(folder, stem);
    expect(await refusal(folder)).toContain('holds several data sets');
  });
});
