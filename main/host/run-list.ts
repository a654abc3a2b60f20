import { randomBytes } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CallError } from '#contract/define.ts';
import { type RunId, runId } from '#contract/schemas.ts';
import { RunRecord } from './run-record.ts';

/**
 * All runs: those in the folder of runs, and those begun since. A run is deleted only when the user says so; one that
 * ended before it had a folder is forgotten with the program.
 */
export class RunList {
  readonly #folder: string;
  readonly #records = new Map<RunId, RunRecord>();
  readonly #read: Promise<void>;

  constructor(stateFolder: string) {
    this.#folder = join(stateFolder, 'runs');
    this.#read = this.#readAll();
  }

  /** The latest first. */
  async all(): Promise<readonly RunRecord[]> {
    await this.#read;
    return [...this.#records.values()].sort((a, b) => b.parts.startedAt - a.parts.startedAt);
  }

  /** Throws where there is no such run. */
  async find(id: RunId): Promise<RunRecord> {
    await this.#read;
    const record = this.#records.get(id);
    if (record === undefined) throw new CallError('refused', 'This run is not there any more: it was deleted.');
    return record;
  }

  /** A run that is under way or was shown: it is known without asking the disk. */
  get(id: RunId): RunRecord | undefined {
    return this.#records.get(id);
  }

  /** A new run's id, and where its folder will be: it is made when there is something to put into it. */
  place(): { readonly id: RunId; readonly folder: string } {
    const time = new Date().toISOString().replace(/[:.]/g, '-');
    const id = `${time}-${randomBytes(3).toString('hex')}`;
    return { id, folder: join(this.#folder, id) };
  }

  add(record: RunRecord): void {
    this.#records.set(record.id, record);
  }

  /** Deletes a run's folder, and forgets it. */
  async delete(id: RunId): Promise<void> {
    const record = await this.find(id);
    await rm(record.parts.folder, { recursive: true, force: true });
    this.#records.delete(id);
  }

  async #readAll(): Promise<void> {
    const names = await readdir(this.#folder).catch((): string[] => []);
    for (const name of names) {
      if (!runId.safeParse(name).success || this.#records.has(name)) continue;
      const path = join(this.#folder, name);
      const found = await stat(join(path, 'run.json')).catch(() => undefined);
      if (!found?.isFile()) continue;
      const record = await RunRecord.read(name, path).catch(() => undefined);
      if (record !== undefined && !this.#records.has(name)) this.#records.set(name, record);
    }
  }
}
