import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
};

export interface PageFile {
  readonly type: string;
  readonly contents: Buffer<ArrayBuffer>;
}

/**
 * The page's files, by the path they are asked for. Only what lay in the folder at the start can be asked for at all, so
 * that no path leads out of it.
 */
export class PageFiles {
  readonly #folder: string;
  readonly #paths: Promise<ReadonlyMap<string, string>>;

  constructor(folder: string) {
    this.#folder = folder;
    this.#paths = this.#list();
    // A build that is missing is reported with the first request.
    this.#paths.catch(() => undefined);
  }

  /** @param path "index.html", "assets/main.js"; empty for the page itself */
  async read(path: string): Promise<PageFile | undefined> {
    const file = (await this.#paths).get(path === '' ? 'index.html' : path);
    if (file === undefined) return undefined;
    const contents = (await readFile(file)) as Buffer<ArrayBuffer>;
    return { type: TYPES[extname(file)] ?? 'application/octet-stream', contents };
  }

  async #list(): Promise<ReadonlyMap<string, string>> {
    const entries = await readdir(this.#folder, { recursive: true, withFileTypes: true });
    return new Map(
      entries
        .filter((entry) => entry.isFile())
        .map((entry) => {
          const full = join(entry.parentPath, entry.name);
          return [relative(this.#folder, full).split(sep).join('/'), full];
        }),
    );
  }
}
