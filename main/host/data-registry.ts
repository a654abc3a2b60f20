import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { z } from 'zod';
import type { DataSet } from '#contract/app/index.ts';
import { CallError } from '#contract/define.ts';
import type { DataSource } from '#contract/engine.ts';
import { imageSize, path } from '#contract/schemas.ts';
import type { DataReference } from '#core/project/design.ts';
import { ListFile } from '../files/list-file.ts';

const folderSchema = z.object({ id: z.string().min(1).max(100), path, size: imageSize.optional() });
type Folder = z.infer<typeof folderSchema>;

const BUILT_IN: DataSet = { id: 'digits', name: 'Built-in digits', location: '' };
const MAX_FOLDERS = 100;

/** Data sets that the user may choose: the built-in one and folders that were added. */
export class DataRegistry {
  readonly #list: ListFile<Folder>;

  constructor(stateFolder: string) {
    this.#list = new ListFile(join(stateFolder, 'data-sets.json'), folderSchema);
  }

  async list(): Promise<DataSet[]> {
    return [BUILT_IN, ...(await this.#list.items()).map(toDataSet)];
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
    const known = (await this.#list.items()).find((one) => one.path === path);
    const folder = known ?? { id: randomUUID(), path };
    await this.#list.change((folders) => [folder, ...folders.filter((one) => one.path !== path)].slice(0, MAX_FOLDERS));
    return toDataSet(folder);
  }

  async forget(id: string): Promise<void> {
    await this.#list.change((folders) => folders.filter((folder) => folder.id !== id));
  }

  /** Where the images of a data set are. Throws where this computer does not know it. */
  async source({ id, name, size }: DataReference): Promise<DataSource> {
    if (id === BUILT_IN.id) return { type: 'digits' };
    const folder = (await this.#list.items()).find((one) => one.id === id);
    if (folder === undefined) {
      throw new CallError(
        'refused',
        `The data set ${name} is not on this computer's list. Add its folder, or choose another data set.`,
      );
    }
    // Before designs chose the size of their images, the list did.
    const wanted = size ?? folder.size;
    return { type: 'folder', path: folder.path, ...(wanted && { size: wanted }) };
  }

  /** The id of the data set that lies somewhere; undefined where it is not on the list. */
  async idOf(source: DataSource): Promise<string | undefined> {
    if (source.type === 'digits') return BUILT_IN.id;
    return (await this.#list.items()).find(({ path }) => path === source.path)?.id;
  }
}

function toDataSet({ id, path }: Folder): DataSet {
  return { id, name: basename(path), location: path };
}
