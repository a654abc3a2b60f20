import type { z } from 'zod';
import { readFileUpTo } from '#disk/regular-file.ts';
import { writeFileAtomic } from '#disk/write-file.ts';

/** Bytes of the longest list. */
const MAX_LIST = 16 * 2 ** 20;

/** What a text holds; undefined where it is no JSON, which schemas then refuse. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A small list that the program keeps for itself. What cannot be read is taken as empty: nothing depends on it. */
export async function readList<T>(path: string, schema: z.ZodType<T>): Promise<T[]> {
  const text = await readFileUpTo(path, MAX_LIST).then(String, () => '[]');
  const value = parseJson(text);
  if (!Array.isArray(value)) return [];
  return value.flatMap((item) => {
    const parsed = schema.safeParse(item);
    return parsed.success ? [parsed.data] : [];
  });
}

export function writeList(path: string, items: readonly unknown[]): Promise<void> {
  return writeFileAtomic(path, `${JSON.stringify(items, null, 2)}\n`);
}
