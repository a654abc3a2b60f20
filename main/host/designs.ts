import { createHash, randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { DesignEntry, OpenedDesign } from '#contract/app/index.ts';
import { CallError } from '#contract/define.ts';
import { path as pathSchema } from '#contract/schemas.ts';
import { FILE_EXTENSION, MAX_DESIGN_BYTES, parseDesign } from '#core/project/design-file.ts';
import { fileReason, readFileUpTo } from '#disk/regular-file.ts';
import { writeFileAtomic } from '#disk/write-file.ts';
import { createFile } from '../files/file-names.ts';
import { ListFile } from '../files/list-file.ts';

const entrySchema = z.object({
  id: z.string().min(1).max(100),
  path: pathSchema,
  name: z.string(),
  modified: z.number(),
});
type Entry = z.infer<typeof entrySchema>;

const MAX_RECENT = 30;

/** Design files that the user has opened or made. Pages know them by id; only main knows paths. */
export class Designs {
  readonly #folder: string;
  readonly #list: ListFile<Entry>;
  #last: Promise<unknown> = Promise.resolve();

  constructor(designsFolder: string, stateFolder: string) {
    this.#folder = designsFolder;
    this.#list = new ListFile(join(stateFolder, 'designs.json'), entrySchema);
  }

  /** The designs used last, latest first; files that are gone are left out. */
  async recent(): Promise<DesignEntry[]> {
    // A save under way may have written the file, and not yet what the list says of it.
    await this.#last;
    const entries = await this.#list.items();
    const found = await Promise.all(
      entries.map(async (entry) => {
        const file = await stat(entry.path).catch(() => undefined);
        return file?.isFile() ? [{ ...entry, modified: file.mtimeMs }] : [];
      }),
    );
    return found.flat().sort((a, b) => b.modified - a.modified);
  }

  async open(id: string): Promise<OpenedDesign> {
    const entry = await this.#entry(id);
    return this.openPath(entry.path);
  }

  /** A design's text as it is on disk, for looking at it: the list stays as it is. */
  async read(id: string): Promise<{ text: string }> {
    const { path } = await this.#entry(id);
    return { text: await readText(path) };
  }

  /** Opens a file the user chose, or one handed over by the desktop. */
  async openPath(given: string): Promise<OpenedDesign> {
    const path = resolve(given);
    const text = await readText(path);
    const { name } = parseDesign(text);
    const entry = await this.#remember(path, name);
    return { ...entry, text, revision: revisionOf(text) };
  }

  /** Saves a new design under a free name in the designs folder. */
  create(text: string): Promise<OpenedDesign> {
    return this.#inTurn(async () => {
      const { name } = parseDesign(text);
      // On the list first: a program that is killed in between leaves no design that it does not show again.
      const remember = (path: string) => this.#remember(path, name);
      const entry = await createFile(this.#folder, name, FILE_EXTENSION, text, remember);
      return { ...entry, text, revision: revisionOf(text) };
    });
  }

  /** Replaces a design's file, unless somebody else has changed it since `revision`. */
  save(id: string, text: string, revision: string): Promise<{ revision: string }> {
    return this.#inTurn(async () => {
      const { name } = parseDesign(text);
      const { path } = await this.#entry(id);
      const onDisk = await readFileUpTo(path, MAX_DESIGN_BYTES).then(String, () => undefined);
      // A file that was moved or deleted meanwhile is written again: nothing gets lost.
      if (onDisk !== undefined && revisionOf(onDisk) !== revision) {
        throw new CallError('refused', `${path} was changed by another window or program since it was opened here.`);
      }
      await writeFileAtomic(path, text);
      await this.#remember(path, name);
      return { revision: revisionOf(text) };
    });
  }

  /** Resolves when every write that was asked for has been done. */
  async settled(): Promise<void> {
    await this.#last;
  }

  /** Takes a design off the list; its file stays. */
  forget(id: string): Promise<void> {
    return this.#list.change((entries) => entries.filter((entry) => entry.id !== id));
  }

  async #entry(id: string): Promise<Entry> {
    const entry = (await this.#list.items()).find((one) => one.id === id);
    if (entry === undefined)
      throw new CallError('refused', 'This design is not on the list of recent designs any more.');
    return entry;
  }

  async #remember(path: string, name: string): Promise<Entry> {
    const known = (await this.#list.items()).find((one) => one.path === path);
    const entry = { id: known?.id ?? randomUUID(), path, name, modified: Date.now() };
    await this.#list.change((entries) => [entry, ...entries.filter((one) => one.path !== path)].slice(0, MAX_RECENT));
    return entry;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined);
    return done;
  }
}

async function readText(path: string): Promise<string> {
  try {
    return String(await readFileUpTo(path, MAX_DESIGN_BYTES));
  } catch (cause) {
    throw new CallError('refused', `${path} cannot be opened. ${fileReason(cause)}`);
  }
}

function revisionOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
