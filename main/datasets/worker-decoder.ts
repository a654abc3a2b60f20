import { Worker } from 'node:worker_threads';
import type { ImageSize } from '#contract/schemas.ts';
import type { FittedImage, ImageDecoder } from './image-decoder.ts';

export interface Request {
  readonly path: string;
  readonly size: ImageSize | undefined;
}
export type Reply =
  | { readonly ok: true; readonly image: FittedImage }
  | { readonly ok: false; readonly reason: string };

/**
 * Milliseconds for one image. The decoders' own bounds keep every file below some seconds; this is for what they
 * do not foresee.
 */
const LONGEST = 60_000;
/** MiB of objects; pixels and packed data are bounded by the decoders. */
const LIMITS = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 32 };

interface Pending {
  resolve(image: FittedImage): void;
  reject(error: Error): void;
}

/**
 * Decodes in a thread of its own, so that whoever asks goes on working meanwhile and can stop at any moment, and so that
 * no file can take all memory or time: the thread ends then, and the next image gets a new one.
 */
export class WorkerDecoder implements ImageDecoder {
  readonly #script: URL;
  readonly #longest: number;
  #worker: Worker | undefined;
  #pending: Pending | undefined;
  #closed = false;

  /**
   * @param script the built main/datasets/image-worker.ts
   * @param longest milliseconds for one image
   */
  constructor(script: URL, longest = LONGEST) {
    this.#script = script;
    this.#longest = longest;
  }

  decode(path: string, size: ImageSize | undefined): Promise<FittedImage> {
    return new Promise((resolve, reject) => {
      if (this.#closed) {
        reject(new Error('It was not read: reading was stopped.'));
        return;
      }
      const reason = `It takes more than ${this.#longest / 1000} seconds to decode.`;
      const limit = setTimeout(() => void this.#end(reason), this.#longest);
      const done =
        <T>(settle: (value: T) => void) =>
        (value: T) => {
          clearTimeout(limit);
          this.#pending = undefined;
          settle(value);
        };
      this.#pending = { resolve: done(resolve), reject: done(reject) };
      this.#worker ??= this.#start();
      this.#worker.postMessage({ path, size } satisfies Request);
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#end('It was not read: reading was stopped.');
  }

  #start(): Worker {
    const worker = new Worker(this.#script, { resourceLimits: LIMITS });
    worker.on('message', (reply: Reply) => {
      if (reply.ok) this.#pending?.resolve(reply.image);
      else this.#pending?.reject(new Error(reply.reason));
    });
    worker.on('error', (error: NodeJS.ErrnoException) => {
      const tooMuch = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
      void this.#end(tooMuch ? 'It takes too much memory to decode.' : 'It cannot be decoded.');
    });
    worker.on('exit', () => void this.#end('It cannot be decoded.'));
    return worker;
  }

  async #end(reason: string): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    this.#pending?.reject(new Error(reason));
    // What a thread that ends still says is for nobody.
    worker?.removeAllListeners();
    worker?.on('error', () => undefined);
    await worker?.terminate();
  }
}
