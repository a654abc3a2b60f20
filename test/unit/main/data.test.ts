import { describe, expect, it } from 'vitest';
import { Batcher, batchSizes, epochOrder } from '#main/datasets/batches.ts';
import { builtInDigits } from '#main/datasets/digits/index.ts';
import { type ImageSet, splitOf } from '#main/datasets/image-set.ts';

const set = (count: number, heldBackFrom?: number): ImageSet => ({
  name: 'test',
  shape: [1, 1, 2],
  count,
  pixels: Uint8Array.from({ length: 2 * count }, (_, i) => i),
  labels: Uint16Array.from({ length: count }, (_, i) => i % 3),
  classNames: ['a', 'b', 'c'],
  ...(heldBackFrom !== undefined && { heldBackFrom }),
});

describe('the split', () => {
  it('holds back what the set itself does, or the last tenth', () => {
    expect(splitOf(set(100, 80))).toEqual({ train: { begin: 0, end: 80 }, validate: { begin: 80, end: 100 } });
    expect(splitOf(set(100))).toEqual({ train: { begin: 0, end: 90 }, validate: { begin: 90, end: 100 } });
  });

  it('follows what is asked for', () => {
    const asked = { train: { begin: 0, end: 50 }, validate: { begin: 60, end: 70 } };
    expect(splitOf(set(100), asked)).toEqual(asked);
    expect(splitOf(set(100), { validate: { begin: 60, end: 100 } }).train).toEqual({ begin: 0, end: 60 });
  });

  it('refuses ranges outside the set, and held-back images that are trained on', () => {
    expect(() => splitOf(set(100), { train: { begin: 0, end: 101 } })).toThrow('holds 100 images (0:100)');
    expect(() => splitOf(set(100), { train: { begin: 0, end: 50 }, validate: { begin: 40, end: 60 } })).toThrow(
      'overlap',
    );
  });
});

describe('batches', () => {
  it('cover every image; the last, smaller one is kept', () => {
    expect(batchSizes(10, 4)).toEqual([4, 4, 2]);
    expect(batchSizes(8, 4)).toEqual([4, 4]);
    expect(batchSizes(3, 4)).toEqual([3]);
  });

  it('come in file order, or shuffled anew in every epoch, the same for the same seed', () => {
    const range = { begin: 10, end: 30 };
    expect([...epochOrder(range, 1, 1, false)]).toEqual(Array.from({ length: 20 }, (_, i) => i + 10));
    const first = [...epochOrder(range, 1, 1, true)];
    expect([...first].sort((a, b) => a - b)).toEqual([...epochOrder(range, 1, 1, false)]);
    expect([...epochOrder(range, 1, 1, true)]).toEqual(first);
    expect([...epochOrder(range, 1, 2, true)]).not.toEqual(first);
    expect([...epochOrder(range, 2, 1, true)]).not.toEqual(first);
  });

  it('hold the pictures and a 1 at each class', () => {
    const batch = new Batcher(set(5), 4).fill(Uint32Array.of(4, 1, 2), 1, 2);
    expect([...batch.pixels]).toEqual([2, 3, 4, 5]);
    expect([...batch.target]).toEqual([0, 1, 0, 0, 0, 0, 1, 0]);
  });

  it('leave nothing of the batch before', () => {
    const batcher = new Batcher(set(5), 3);
    batcher.fill(Uint32Array.of(1, 2), 0, 2);
    expect([...batcher.fill(Uint32Array.of(0, 0), 0, 2).target]).toEqual([1, 0, 0, 1, 0, 0]);
  });
});

describe('the built-in digits', () => {
  const digits = builtInDigits();

  it('are the same everywhere', () => {
    let hash = 0;
    for (const pixel of digits.pixels.subarray(0, 784 * 50)) hash = (Math.imul(hash, 31) + pixel) | 0;
    expect(hash).toMatchInlineSnapshot(`-1449408375`);
  });

  it('are as many of each, in the training part and in the part held back', () => {
    const { train, validate } = splitOf(digits);
    for (const range of [train, validate]) {
      const counts = new Array<number>(10).fill(0);
      for (const label of digits.labels.subarray(range.begin, range.end)) counts[label]! += 1;
      expect(new Set(counts).size).toBe(1);
    }
  });

  it('are all different, and none is blank', () => {
    const seen = new Set<string>();
    for (let i = 0; i < 500; i++) {
      const picture = digits.pixels.subarray(i * 784, (i + 1) * 784);
      expect(picture.filter((pixel) => pixel > 120).length, `digit ${i}`).toBeGreaterThan(15);
      seen.add(picture.join());
    }
    expect(seen.size).toBe(500);
  });
});
