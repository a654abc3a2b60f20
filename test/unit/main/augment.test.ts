/** What is done to pictures while training. */
import { describe, expect, it } from 'vitest';
import { DEFAULT_TRAINING, type TrainingSettings } from '#core/training/settings.ts';
import { augment, isAugmented } from '#main/datasets/augment/index.ts';
import { move } from '#main/datasets/augment/move.ts';
import { blankOut, tone } from '#main/datasets/augment/tone.ts';
import { Batcher, epochOrder } from '#main/datasets/batches.ts';
import type { ImageSet } from '#main/datasets/image-set.ts';

const SHAPE = [2, 3, 4] as const;
/** Two channels of three rows and four columns: 1 … 12 and 101 … 112. */
const PICTURE = Uint8Array.from({ length: 24 }, (_, i) => (i < 12 ? i + 1 : i + 89));
const STILL = { down: 0, right: 0, mirrored: false, angle: 0, scale: 1 };

function moved(movement: Partial<typeof STILL>, shape: readonly [number, number, number] = SHAPE, from = PICTURE) {
  const to = new Uint8Array(from.length);
  move(from, to, shape, { ...STILL, ...movement });
  return [...to];
}

describe('a movement', () => {
  it('copies what is not moved', () => {
    expect(moved({})).toEqual([...PICTURE]);
  });

  it('mirrors left to right', () => {
    expect(moved({ mirrored: true }).slice(0, 8)).toEqual([4, 3, 2, 1, 8, 7, 6, 5]);
  });

  it('shifts, with black coming in', () => {
    expect(moved({ down: 1, right: -1 }).slice(0, 12)).toEqual([0, 0, 0, 0, 2, 3, 4, 0, 6, 7, 8, 0]);
    expect(moved({ down: -2, right: 2 }).slice(12)).toEqual([0, 0, 109, 110, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(new Set(moved({ down: 9 }))).toEqual(new Set([0]));
  });

  it('turns anticlockwise', () => {
    const square = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9);
    expect(moved({ angle: Math.PI / 2 }, [1, 3, 3], square)).toEqual([3, 6, 9, 2, 5, 8, 1, 4, 7]);
    expect(moved({ angle: Math.PI }, [1, 3, 3], square)).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1]);
  });

  it('scales about the centre, between pixels', () => {
    const line = Uint8Array.of(0, 10, 20, 30, 40);
    expect(moved({ scale: 2 }, [1, 1, 5], line)).toEqual([10, 15, 20, 25, 30]);
    expect(moved({ scale: 0.5 }, [1, 1, 5], Uint8Array.of(50, 60, 70, 80, 90))).toEqual([0, 50, 70, 90, 0]);
  });

  it('is the same by copying and by resampling', () => {
    const nearly = moved({ down: 1, right: 1, mirrored: true, scale: 1 + 1e-9 });
    expect(nearly).toEqual(moved({ down: 1, right: 1, mirrored: true }));
  });
});

describe('tone', () => {
  it('adds white and stretches about the mean, within bytes', () => {
    const pixels = Uint8Array.of(0, 100, 200);
    tone(pixels, 0.2, 1);
    expect([...pixels]).toEqual([51, 151, 251]);
    tone(pixels, 0, 2);
    expect([...pixels]).toEqual([0, 151, 255]);
  });

  it('a square is blanked out with the mean, cut off at the edge', () => {
    const pixels = new Uint8Array(16).fill(10);
    pixels[15] = 170;
    blankOut(pixels, [1, 4, 4], 2, [0, 3]);
    expect([...pixels].flatMap((value, i) => (value === 20 ? [i] : []))).toEqual([2, 3]);
  });
});

const SETTINGS: TrainingSettings = {
  ...DEFAULT_TRAINING,
  cropPadding: 2,
  flip: true,
  shift: 0.1,
  rotation: 20,
  zoom: 0.2,
  brightness: 0.1,
  contrast: 0.1,
  cutout: 3,
};

function version(settings: TrainingSettings, epoch = 1, picture = 0, seed = 1) {
  const from = Uint8Array.from({ length: 3 * 12 * 12 }, (_, i) => (i * 37) % 251);
  const to = new Uint8Array(from.length);
  augment(from, to, [3, 12, 12], settings, { seed, epoch, picture });
  return [...to];
}

describe('augmentation', () => {
  it('is the same for the same seed, epoch and picture, and another for others', () => {
    expect(version(SETTINGS)).toEqual(version(SETTINGS));
    expect(version(SETTINGS, 2)).not.toEqual(version(SETTINGS));
    expect(version(SETTINGS, 1, 1)).not.toEqual(version(SETTINGS));
    expect(version(SETTINGS, 1, 0, 2)).not.toEqual(version(SETTINGS));
  });

  it('of nothing leaves pictures as they are', () => {
    expect(isAugmented(DEFAULT_TRAINING)).toBe(false);
    expect(version(DEFAULT_TRAINING)).toEqual(Array.from({ length: 432 }, (_, i) => (i * 37) % 251));
  });

  it('keeps what one setting does when another is turned on', () => {
    const flips = (settings: TrainingSettings) =>
      Array.from({ length: 40 }, (_, picture) => version(settings, 1, picture)[0]);
    const [flip, plain] = [flips({ ...DEFAULT_TRAINING, flip: true }), flips(DEFAULT_TRAINING)];
    const mirrored = flip.map((value, i) => value !== plain[i]);
    expect(mirrored.filter(Boolean).length).toBeGreaterThan(8);
    expect(mirrored.filter(Boolean).length).toBeLessThan(32);
    const blanked = flips({ ...DEFAULT_TRAINING, flip: true, cutout: 1 });
    // A square of one pixel rarely hits the corner that is looked at.
    expect(blanked.filter((value, i) => value === flip[i]).length).toBeGreaterThan(36);
  });
});

describe('batches', () => {
  const set: ImageSet = {
    name: 'Test',
    shape: [1, 2, 2],
    count: 6,
    pixels: Uint8Array.from({ length: 24 }, (_, i) => 10 * i),
    labels: Uint16Array.of(0, 1, 2, 0, 1, 2),
    classNames: ['a', 'b', 'c'],
  };
  const order = epochOrder({ begin: 0, end: 6 }, 1, 1, false);

  it('blend pictures and classes alike with mixup, each picture with the larger part of itself', () => {
    const batcher = new Batcher(set, 3, { settings: { ...DEFAULT_TRAINING, mixup: 0.5 }, seed: 1 });
    const { pixels, target } = batcher.fill(order, 0, 6, 1);
    const own = Array.from({ length: 6 }, (_, i) => target[3 * i + (i % 3)]!);
    for (let i = 0; i < 6; i++) {
      const row = [...target.subarray(3 * i, 3 * i + 3)];
      expect(row.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 6);
      expect(own[i]).toBeGreaterThanOrEqual(0.5);
    }
    expect(Math.min(...own)).toBeLessThan(1);
    expect([...pixels]).not.toEqual([...set.pixels]);
    const again = new Batcher(set, 3, { settings: { ...DEFAULT_TRAINING, mixup: 0.5 }, seed: 1 });
    expect([...again.fill(order, 0, 6, 1).pixels]).toEqual([...pixels]);
    expect([...again.fill(order, 0, 6, 2).target]).not.toEqual([...target]);
  });

  it('are the pictures as they are for evaluation', () => {
    expect([...new Batcher(set, 3).fill(order, 0, 6, 1).pixels]).toEqual([...set.pixels]);
  });
});
