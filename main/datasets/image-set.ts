import { plainText } from '#core/plain-text.ts';
import type { Volume } from '#core/shape.ts';

/** Labelled pictures in memory: bytes 0–255, channels first. */
export interface ImageSet {
  readonly name: string;
  readonly shape: Volume;
  readonly count: number;
  /** [count, C, H, W] */
  readonly pixels: Uint8Array;
  /** Class index of each picture. */
  readonly labels: Uint16Array;
  readonly classNames: readonly string[];
  /** Its pictures are files of their own, which can be brought to any size. */
  readonly resizable?: true;
  /**
   * Where the set itself says which pictures are for training and which are held back (as MNIST's two files do): the
   * number of the first that is held back.
   */
  readonly heldBackFrom?: number;
}

/** A run of pictures of a set: begin ≤ i < end. */
export interface Range {
  readonly begin: number;
  readonly end: number;
}

export interface Split {
  readonly train: Range;
  readonly validate: Range;
}

/** A data set that cannot be used, with the reason and what to do. */
export class DataSetError extends Error {
  override readonly name = 'DataSetError';

  /** @param message may quote names of files, whatever characters they have */
  constructor(message: string, options?: ErrorOptions) {
    super(plainText(message), options);
  }
}

/** Share of the pictures held back where neither the set nor the user says. */
const HELD_BACK = 0.1;

/** Which pictures are trained on and which are held back for validation. */
export function splitOf(set: ImageSet, asked: { readonly train?: Range; readonly validate?: Range } = {}): Split {
  const heldBack = set.heldBackFrom ?? Math.max(1, Math.floor(set.count * (1 - HELD_BACK)));
  const train = asked.train ?? { begin: 0, end: asked.validate ? Math.min(set.count, asked.validate.begin) : heldBack };
  const validate = asked.validate ?? { begin: Math.max(heldBack, asked.train?.end ?? 0), end: set.count };
  for (const [what, range] of [
    ['train', train],
    ['validate', validate],
  ] as const) {
    if (range.begin < 0 || range.end > set.count || range.begin >= range.end) {
      throw new DataSetError(
        `The ${what} range ${range.begin}:${range.end} is empty or lies outside ${set.name}, which holds ${set.count} images (0:${set.count}).`,
      );
    }
  }
  if (train.begin < validate.end && validate.begin < train.end) {
    throw new DataSetError(
      `The train range ${train.begin}:${train.end} and the validate range ${validate.begin}:${validate.end} overlap; the held-back images must not be trained on.`,
    );
  }
  return { train, validate };
}

/** How many images of a range each class has. */
export function countClasses({ labels, classNames }: ImageSet, { begin, end }: Range): number[] {
  const counts = new Array<number>(classNames.length).fill(0);
  for (let i = begin; i < end; i++) {
    const label = labels[i] as number;
    counts[label] = (counts[label] ?? 0) + 1;
  }
  return counts;
}
