import type { DataSource } from '#contract/engine.ts';
import { type Reading, readClassFolders } from './class-folders.ts';
import { builtInDigits } from './digits/index.ts';
import { readIdxFolder } from './idx.ts';
import { DataSetError, type ImageSet } from './image-set.ts';

/** A data set that is being read, or was. */
interface Known {
  readonly key: string;
  readonly set: Promise<ImageSet>;
  /** Ends the reading. */
  readonly stop: AbortController;
  /** Callers that still wait for it. */
  waiting: number;
}

export interface DataSetOptions {
  readonly onProgress?: (source: DataSource, done: number, total: number) => void;
  readonly openDecoder?: Reading['openDecoder'];
}

/** Reads data sets and keeps the one used last: a run, its samples and its export all ask for the same. */
export class DataSets {
  readonly #openDecoder: Reading['openDecoder'];
  readonly #onProgress: (source: DataSource, done: number, total: number) => void;
  #last: Known | undefined;

  /** @param options `openDecoder` opens what decodes image files, in this thread where left out */
  constructor({ onProgress = () => undefined, openDecoder }: DataSetOptions = {}) {
    this.#onProgress = onProgress;
    this.#openDecoder = openDecoder;
  }

  /** @param signal stops waiting; and the reading itself, where nobody else waits for it */
  read(source: DataSource, signal?: AbortSignal): Promise<ImageSet> {
    const key = JSON.stringify(source);
    const known = this.#last?.key === key ? this.#last : this.#begin(key, source);
    known.waiting += 1;
    return new Promise((resolve, reject) => {
      const leave = () => {
        known.waiting -= 1;
        if (known.waiting === 0) this.#abandon(known);
        reject(new DataSetError('Reading the data set was stopped.'));
      };
      if (signal?.aborted === true) leave();
      signal?.addEventListener('abort', leave, { once: true });
      known.set.then(resolve, reject).finally(() => {
        // What has been read stays, however many wait.
        known.waiting = Number.POSITIVE_INFINITY;
        signal?.removeEventListener('abort', leave);
      });
    });
  }

  #begin(key: string, source: DataSource): Known {
    const stop = new AbortController();
    const set = this.#read(source, stop.signal);
    const known = { key, set, stop, waiting: 0 };
    this.#last = known;
    // What failed may work once the file is mended: forget it.
    set.catch(() => this.#forget(known));
    return known;
  }

  #abandon(known: Known): void {
    known.stop.abort(new DataSetError('Reading the data set was stopped.'));
    this.#forget(known);
  }

  #forget(known: Known): void {
    if (this.#last === known) this.#last = undefined;
  }

  async #read(source: DataSource, signal: AbortSignal): Promise<ImageSet> {
    if (source.type === 'digits') return builtInDigits();
    const { path, size } = source;
    const onProgress = (done: number, total: number) => this.#onProgress(source, done, total);
    const reading = { onProgress, signal, ...(this.#openDecoder && { openDecoder: this.#openDecoder }) };
    return (await readIdxFolder(path, signal)) ?? readClassFolders(path, size, reading);
  }
}
