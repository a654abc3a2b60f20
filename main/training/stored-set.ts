import { GraphBuilder } from '#core/onnx/builder.ts';
import { elements } from '#core/shape.ts';
import { packedLength, packPixels, STORED, takePictures } from '#core/training/stored-set.ts';
import type { Batch } from '../datasets/batches.ts';
import type { ImageSet } from '../datasets/image-set.ts';
import type { Backend, Session } from './backends/define.ts';
import { Tensor } from './onnx-runtime.ts';
import { giveBack } from './tensors.ts';

/** Bytes up to which a set is put on a device; larger ones are fed batch by batch. */
const MOST = 2 ** 30;
/** Pictures that are read back and compared, spread over the set. */
const COMPARED = 64;
const OUTPUT = 'pictures';

/** A data set on a device. */
export class StoredSet {
  readonly set: ImageSet;
  /** float32 [count, numbers of a picture]: the session's input STORED.set */
  readonly tensor: Tensor;
  /** The device's memory is the session's: it goes last. */
  readonly #session: Session;

  private constructor(set: ImageSet, tensor: Tensor, session: Session) {
    this.set = set;
    this.tensor = tensor;
    this.#session = session;
  }

  get bytes(): number {
    return bytesOf(this.set);
  }

  /**
   * Puts a set on a device and reads some of it back.
   *
   * @returns undefined where it is too large
   * @throws where the device has no room for it, or gives back other pictures than it was given
   */
  static async put(set: ImageSet, device: Backend): Promise<StoredSet | undefined> {
    if (bytesOf(set) > MOST) return undefined;
    const each = elements(set.shape);
    const dims = [set.count, packedLength(each)];
    const graph = new GraphBuilder('store', await device.target());
    const given = graph.input('given', { dtype: 'float32', dims });
    graph.output(graph.add('Identity', [given], {}), STORED.set);
    const session = await device.createSession(graph.build(), { keep: [STORED.set] });
    try {
      const packed = packPixels(set.pixels.subarray(0, set.count * each), each);
      const results = await session.run({ given: new Tensor('float32', packed, dims) });
      const stored = new StoredSet(set, results[STORED.set] as Tensor, session);
      await stored.#compare(device, each).catch((error: unknown) => {
        giveBack(stored.tensor);
        throw error;
      });
      return stored;
    } catch (error) {
      await session.release();
      throw error;
    }
  }

  /** Whether a batch is of this set's pictures as they are. */
  holds({ unchanged }: Batch): boolean {
    return unchanged?.set === this.set;
  }

  /** What a session that reads this set is fed in place of a batch's pixels. */
  feeds({ unchanged, size }: Batch): Record<string, Tensor> {
    const pictures = Int32Array.from(unchanged?.pictures ?? []);
    return { [STORED.set]: this.tensor, [STORED.pictures]: new Tensor('int32', pictures, [size]) };
  }

  async dispose(): Promise<void> {
    giveBack(this.tensor);
    await this.#session.release();
  }

  async #compare(device: Backend, each: number): Promise<void> {
    const { count, shape, pixels } = this.set;
    const compared = Math.min(COMPARED, count);
    const chosen = Int32Array.from({ length: compared }, (_, i) =>
      Math.round((i * (count - 1)) / Math.max(1, compared - 1)),
    );
    const graph = new GraphBuilder('compare', await device.target());
    const set = graph.input(STORED.set, { dtype: 'float32', dims: this.tensor.dims });
    const pictures = graph.input(STORED.pictures, { dtype: 'int32', dims: [compared] });
    graph.output(takePictures(graph, set, pictures, shape), OUTPUT);
    const session = await device.createSession(graph.build());
    try {
      const feeds = { [STORED.set]: this.tensor, [STORED.pictures]: new Tensor('int32', chosen, [compared]) };
      const found = (await session.run(feeds))[OUTPUT]?.data as Float32Array;
      for (const [i, picture] of chosen.entries()) {
        for (let p = 0; p < each; p++) {
          if (found[i * each + p] !== pixels[picture * each + p]) throw new Error('it gives back other pictures');
        }
      }
    } finally {
      await session.release();
    }
  }
}

function bytesOf({ count, shape }: ImageSet): number {
  return 4 * count * packedLength(elements(shape));
}
