import { rename } from 'node:fs/promises';
import type { z } from 'zod';
import { readFileUpTo } from '#disk/regular-file.ts';
import { writeFileAtomic } from '#disk/write-file.ts';
import { parseJson } from './json-file.ts';

/** Bytes of the longest list. */
const MAX_LIST = 16 * 2 ** 20;

interface Read<T> {
  readonly items: readonly T[];
  /** Items that this version does not understand: a newer one may. */
  readonly unknown: readonly unknown[];
  /** Whether the file holds something else than a list, or cannot be read. */
  readonly isDamaged: boolean;
}

/**
 * A list that the program keeps for itself, as JSON. What it cannot read is never overwritten: items that it does not
 * understand stay in the file, and a file that holds no list is kept beside the new one.
 */
export class ListFile<T> {
  readonly #path: string;
  readonly #schema: z.ZodType<T>;
  #read: Promise<Read<T>> | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(path: string, schema: z.ZodType<T>) {
    this.#path = path;
    this.#schema = schema;
  }

  async items(): Promise<readonly T[]> {
    this.#read ??= this.#readFile();
    return (await this.#read).items;
  }

  /** Changes the list and writes it: one change after the other. */
  change(change: (items: readonly T[]) => readonly T[]): Promise<void> {
    const done = this.#last.then(async () => {
      const items = change(await this.items());
      const { unknown, isDamaged } = (await this.#read) as Read<T>;
      if (isDamaged) await this.#keepDamaged();
      await writeFileAtomic(this.#path, `${JSON.stringify([...items, ...unknown], null, 2)}\n`);
      this.#read = Promise.resolve({ items, unknown, isDamaged: false });
    });
    this.#last = done.catch(() => undefined);
    return done;
  }

  async #readFile(): Promise<Read<T>> {
    let text: string;
    try {
      text = String(await readFileUpTo(this.#path, MAX_LIST));
    } catch (error) {
      const { code } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException;
      return { items: [], unknown: [], isDamaged: code !== 'ENOENT' };
    }
    const value = parseJson(text);
    if (!Array.isArray(value)) return { items: [], unknown: [], isDamaged: text.trim() !== '' };
    const items: T[] = [];
    const unknown: unknown[] = [];
    for (const item of value) {
      const parsed = this.#schema.safeParse(item);
      if (parsed.success) items.push(parsed.data);
      else unknown.push(item);
    }
    return { items, unknown, isDamaged: false };
  }

  /** Gives the file another name, under which it stays. */
  async #keepDamaged(): Promise<void> {
    const time = new Date().toISOString().replaceAll(':', '-');
    await rename(this.#path, `${this.#path}.damaged-${time}`);
  }
}
