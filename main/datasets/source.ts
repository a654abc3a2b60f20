import type { DataSource } from '#contract/engine.ts';
import { readClassFolders } from './class-folders.ts';
import { builtInDigits } from './digits/index.ts';
import { readIdxFolder } from './idx.ts';
import type { ImageSet } from './image-set.ts';

/** Reads data sets and keeps the one used last: a run, its samples and its export all ask for the same. */
export class DataSets {
  readonly #onProgress: (source: DataSource, done: number, total: number) => void;
  #last: { readonly key: string; readonly set: Promise<ImageSet> } | undefined;

  constructor(onProgress: (source: DataSource, done: number, total: number) => void = () => undefined) {
    this.#onProgress = onProgress;
  }

  read(source: DataSource): Promise<ImageSet> {
    const key = JSON.stringify(source);
    if (this.#last?.key === key) return this.#last.set;
    const set = this.#read(source);
    this.#last = { key, set };
    // What failed may work once the file is mended: forget it.
    set.catch(() => {
      if (this.#last?.key === key) this.#last = undefined;
    });
    return set;
  }

  async #read(source: DataSource): Promise<ImageSet> {
    if (source.type === 'digits') return builtInDigits();
    const { path, size } = source;
    return (
      (await readIdxFolder(path)) ??
      readClassFolders(path, size, (done, total) => this.#onProgress(source, done, total))
    );
  }
}
