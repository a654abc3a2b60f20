import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** Windows has no such flag, and no named pipes among its files. */
const NON_BLOCKING = (constants.O_NONBLOCK as number | undefined) ?? 0;

/**
 * The text of a file of at most `most` bytes; undefined where there is none that can be read. Pipes, sockets and devices
 * are none, and are not waited for.
 */
export async function readTextUpTo(path: string, most: number): Promise<string | undefined> {
  const file = await open(path, constants.O_RDONLY | NON_BLOCKING).catch(() => undefined);
  try {
    const found = await file?.stat();
    if (file === undefined || !found?.isFile()) return undefined;
    if (found.size > most) throw new Error(`${path} has ${found.size} bytes; at most ${most} are read.`);
    return await file.readFile('utf8');
  } finally {
    await file?.close();
  }
}
