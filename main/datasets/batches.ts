import { permutation, randomStream } from '#core/random.ts';
import type { ImageSet, Range } from './image-set.ts';

/** What one step reads. The arrays are used again for the next batch of the same size. */
export interface Batch {
  readonly size: number;
  /** [N, C, H, W], 0–255 */
  readonly pixels: Uint8Array;
  /** [N, classes], a 1 at each picture's class */
  readonly target: Float32Array;
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

/** Gathers pictures into batches, keeping one pair of arrays for each batch size. */
export class Batcher {
  readonly #set: ImageSet;
  readonly #classes: number;
  readonly #batches = new Map<number, Batch>();

  /** @param classes numbers in the network's output, at least as many as the set has classes */
  constructor(set: ImageSet, classes: number) {
    this.#set = set;
    this.#classes = classes;
  }

  /** The pictures `order[begin … begin + size)`. */
  fill(order: Uint32Array, begin: number, size: number): Batch {
    const { pixels, labels, shape } = this.#set;
    const each = shape[0] * shape[1] * shape[2];
    const batch = this.#arrays(size, each);
    batch.target.fill(0);
    for (let i = 0; i < size; i++) {
      const from = order[begin + i] as number;
      batch.pixels.set(pixels.subarray(from * each, (from + 1) * each), i * each);
      batch.target[i * this.#classes + (labels[from] as number)] = 1;
    }
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
