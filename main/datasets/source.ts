import type { DataSource } from '#contract/engine.ts';
import { type OnProgress, readClassFolders } from './class-folders.ts';
import { builtInDigits } from './digits/index.ts';
import { readIdxFolder } from './idx.ts';
import type { ImageSet } from './image-set.ts';

/** Reads data sets and keeps the one used last: a run, its samples and its export all ask for the same. */
export class DataSets {
  readonly #onProgress: OnProgress;
  #last: { readonly key: string; readonly set: Promise<ImageSet> } | undefined;

  constructor(onProgress: OnProgress = () => undefined) {
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
    return (await readIdxFolder(path)) ?? readClassFolders(path, size, this.#onProgress);
  }
}
