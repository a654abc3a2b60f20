import { permutation, randomStream } from '#core/random.ts';
import { type Augmentation, augment, isAugmented } from './augment/index.ts';
import { mixUp } from './augment/mixup.ts';
import type { ImageSet, Range } from './image-set.ts';

/** What one step reads. The arrays are used again for the next batch of the same size. */
export interface Batch {
  readonly size: number;
  /** [N, C, H, W], 0–255 */
  readonly pixels: Uint8Array;
  /** [N, classes], a 1 at each picture's class; shares of two where pictures are mixed */
  readonly target: Float32Array;
  /** Which pictures of which set these are, where nothing was changed about them. */
  readonly unchanged?: { readonly set: ImageSet; readonly pictures: Uint32Array };
}

/** Order of a range's pictures in one epoch: as in the file, or shuffled by seed and epoch. */
export function epochOrder(range: Range, seed: number, epoch: number, shuffle: boolean): Uint32Array {
  const count = range.end - range.begin;
  const order = shuffle
    ? permutation(count, randomStream(seed, `order/${epoch}`))
    : Uint32Array.from({ length: count }, (_, i) => i);
  return order.map((i) => i + range.begin);
}

/** Sizes of the batches that cover `count` pictures; the last is smaller where they do not divide. */
export function batchSizes(count: number, batchSize: number): readonly number[] {
  const full = Math.floor(count / batchSize);
  const rest = count % batchSize;
  return [...new Array<number>(full).fill(batchSize), ...(rest > 0 ? [rest] : [])];
}

/** Some of a batch's pictures, as views of its arrays. */
export function partOf({ size, pixels, target }: Batch, begin: number, count: number): Batch {
  const slice = <A extends Uint8Array | Float32Array>(array: A) => {
    const each = array.length / size;
    return array.subarray(begin * each, (begin + count) * each) as A;
  };
  return { size: count, pixels: slice(pixels), target: slice(target) };
}

/** How pictures are changed while training. */
export interface Augmented {
  readonly settings: Augmentation;
  readonly seed: number;
}

/** Gathers pictures into batches, keeping one pair of arrays for each batch size. */
export class Batcher {
  readonly #set: ImageSet;
  readonly #classes: number;
  readonly #augmented: Augmented | undefined;
  readonly #batches = new Map<number, Batch>();

  /**
   * @param classes numbers in the network's output, at least as many as the set has classes
   * @param augmented none: pictures as they are
   */
  constructor(set: ImageSet, classes: number, augmented?: Augmented) {
    this.#set = set;
    this.#classes = classes;
    this.#augmented = augmented && isAugmented(augmented.settings) ? augmented : undefined;
  }

  /**
   * The pictures `order[begin … begin + size)`.
   *
   * @param epoch decides, with the seed, how they are changed
   */
  fill(order: Uint32Array, begin: number, size: number, epoch = 0): Batch {
    const { pixels, labels, shape } = this.#set;
    const each = shape[0] * shape[1] * shape[2];
    const batch = this.#arrays(size, each);
    batch.target.fill(0);
    for (let i = 0; i < size; i++) {
      const picture = order[begin + i] as number;
      const from = pixels.subarray(picture * each, (picture + 1) * each);
      if (this.#augmented === undefined) batch.pixels.set(from, i * each);
      else {
        const { settings, seed } = this.#augmented;
        augment(from, batch.pixels.subarray(i * each, (i + 1) * each), shape, settings, { seed, epoch, picture });
      }
      batch.target[i * this.#classes + (labels[picture] as number)] = 1;
    }
    if (this.#augmented === undefined) {
      return { ...batch, unchanged: { set: this.#set, pictures: order.subarray(begin, begin + size) } };
    }
    const { settings, seed } = this.#augmented;
    if (settings.mixup > 0) mixUp(batch, settings.mixup, randomStream(seed, `mixup/${epoch}/${begin}`));
    return batch;
  }

  #arrays(size: number, each: number): Batch {
    const known = this.#batches.get(size);
    if (known !== undefined) return known;
    const batch = { size, pixels: new Uint8Array(size * each), target: new Float32Array(size * this.#classes) };
    this.#batches.set(size, batch);
    return batch;
  }
}
