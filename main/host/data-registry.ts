import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { z } from 'zod';
import type { DataSet } from '#contract/app.ts';
import { CallError } from '#contract/define.ts';
import type { DataSource } from '#contract/engine.ts';
import { type ImageSize, imageSize } from '#contract/schemas.ts';
import { readList, writeList } from '../files/json-file.ts';

const folderSchema = z.object({ id: z.string(), path: z.string(), size: imageSize.optional() });
type Folder = z.infer<typeof folderSchema>;

const BUILT_IN: DataSet = { id: 'digits', name: 'Built-in digits', location: '' };
const MOST_FOLDERS = 12;

/** Data sets that the user may choose: the built-in one and folders that were added. */
export class DataRegistry {
  readonly #listPath: string;
  #folders: Promise<Folder[]> | undefined;

  constructor(stateFolder: string) {
    this.#listPath = join(stateFolder, 'data-sets.json');
  }

  async list(): Promise<DataSet[]> {
    return [BUILT_IN, ...(await this.#list()).map(toDataSet)];
  }

  /** Adds a folder; reading it comes later. */
  async add(given: string): Promise<DataSet> {
    const path = resolve(given);
    const found = await stat(path).catch(() => undefined);
    if (!found?.isDirectory()) {
      throw new CallError(
        'refused',
        `There is no folder ${path}. Give the full path of a folder with a folder of pictures for each class, or with IDX files.`,
      );
    }
    const folders = await this.#list();
    const folder = folders.find((one) => one.path === path) ?? { id: randomUUID(), path };
    await this.#replace([folder, ...folders.filter((one) => one.path !== path)].slice(0, MOST_FOLDERS));
    return toDataSet(folder);
  }

  async forget(id: string): Promise<void> {
    await this.#replace((await this.#list()).filter((folder) => folder.id !== id));
  }

  /** Sets what a folder's pictures are brought to; without a size they are as they are. */
  async resize(id: string, size: ImageSize | undefined): Promise<void> {
    const change = ({ id: own, path, size: old }: Folder) => {
      const wanted = own === id ? size : old;
      return { id: own, path, ...(wanted && { size: wanted }) };
    };
    await this.#replace((await this.#list()).map(change));
  }

  async source(id: string): Promise<DataSource> {
    if (id === BUILT_IN.id) return { type: 'digits' };
    const folder = (await this.#list()).find((one) => one.id === id);
    if (folder === undefined)
      throw new CallError('refused', 'This data set is not on the list any more; add its folder again.');
    return { type: 'folder', path: folder.path, ...(folder.size && { size: folder.size }) };
  }

  #list(): Promise<Folder[]> {
    this.#folders ??= readList(this.#listPath, folderSchema);
    return this.#folders;
  }

  async #replace(folders: Folder[]): Promise<void> {
    this.#folders = Promise.resolve(folders);
    await writeList(this.#listPath, folders);
  }
}

function toDataSet({ id, path }: Folder): DataSet {
  return { id, name: basename(path), location: path };
}
