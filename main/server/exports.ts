import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Exported files that wait for the browser to fetch them; gone when the server ends. */
export class Exports {
  readonly #files = new Map<string, { readonly path: string; readonly name: string }>();
  #folder: Promise<string> | undefined;

  /** A place for a new file, and the path (behind the token) where the page can fetch it. */
  async create(name: string): Promise<{ readonly path: string; readonly download: string }> {
    this.#folder ??= mkdtemp(join(tmpdir(), 'convcanvas-exports-'));
    const id = randomUUID();
    const path = join(await this.#folder, `${id}.onnx`);
    this.#files.set(id, { path, name });
    return { path, download: `exports/${id}/${encodeURIComponent(name)}` };
  }

  find(path: string): { readonly path: string; readonly name: string } | undefined {
    const [, id] = /^exports\/([^/]+)\//.exec(path) ?? [];
    return id === undefined ? undefined : this.#files.get(id);
  }

  async close(): Promise<void> {
    if (this.#folder !== undefined) await rm(await this.#folder, { recursive: true, force: true });
  }
}
