import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownTag, removeLeftovers } from '#disk/temporary-files.ts';

const PREFIX = 'convcanvas-exports-';
/** As earlier versions named their folders, which did not say whose they are. */
const OLD_NAME = /^convcanvas-exports-[A-Za-z0-9]{6}$/;
/** Files that wait at a time; beyond that the oldest goes. */
const MAX_FILES = 20;

/** Exported files that wait for the browser to fetch them; gone when the server ends. */
export class Exports {
  readonly #parent: string;
  readonly #files = new Map<string, { readonly path: string; readonly name: string }>();
  #folder: Promise<string> | undefined;

  /** @param parent the folder that its own folder is made in, when it is first needed */
  constructor(parent = tmpdir()) {
    this.#parent = parent;
  }

  /** Removes what servers left that were killed. */
  async removeLeftovers(): Promise<void> {
    await removeLeftovers(this.#parent, (name) => {
      if (OLD_NAME.test(name)) return '';
      return name.startsWith(PREFIX) ? name : undefined;
    });
  }

  /** A place for a new file, and the path (behind the token) where the page can fetch it. */
  async create(name: string): Promise<{ readonly path: string; readonly download: string }> {
    const folder = await this.#ownFolder();
    const id = randomUUID();
    const path = join(folder, `${id}.onnx`);
    this.#files.set(id, { path, name });
    for (const [oldest, file] of this.#files) {
      if (this.#files.size <= MAX_FILES) break;
      this.#files.delete(oldest);
      await rm(file.path, { force: true }).catch(() => undefined);
    }
    return { path, download: `exports/${id}/${encodeURIComponent(name)}` };
  }

  find(path: string): { readonly path: string; readonly name: string } | undefined {
    const [, id] = /^exports\/([^/]+)\//.exec(path) ?? [];
    return id === undefined ? undefined : this.#files.get(id);
  }

  async close(): Promise<void> {
    const folder = await this.#folder?.catch(() => undefined);
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }

  #ownFolder(): Promise<string> {
    this.#folder ??= this.#makeFolder().catch((error: unknown) => {
      // There may be room the next time.
      this.#folder = undefined;
      throw error;
    });
    return this.#folder;
  }

  /** For this user only, under a name that says whose it is. */
  async #makeFolder(): Promise<string> {
    const path = join(this.#parent, `${PREFIX}${await ownTag()}`);
    await mkdir(path, { mode: 0o700 });
    return path;
  }
}
