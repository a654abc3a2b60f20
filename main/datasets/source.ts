import type { DataSource } from '#contract/engine.ts';
import { builtInDigits } from './digits/index.ts';
import { readIdxFolder } from './idx.ts';
import type { ImageSet } from './image-set.ts';

/** Reads data sets and keeps the one used last: a run, its samples and its export all ask for the same. */
export class DataSets {
  #last: { readonly key: string; readonly set: Promise<ImageSet> } | undefined;

  read(source: DataSource): Promise<ImageSet> {
    const key = source.type === 'digits' ? 'digits' : `folder ${source.path}`;
    if (this.#last?.key === key) return this.#last.set;
    const set = source.type === 'digits' ? Promise.resolve().then(builtInDigits) : readIdxFolder(source.path);
    this.#last = { key, set };
    // What failed may work once the file is mended: forget it.
    set.catch(() => {
      if (this.#last?.key === key) this.#last = undefined;
    });
    return set;
  }
}
