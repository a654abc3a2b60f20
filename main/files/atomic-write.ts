import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * Replaces a file's contents as a whole: written beside it, flushed to disk, then renamed over it. Whoever reads the
 * path, at whatever moment, finds the old contents or the new ones.
 */
export async function writeFileAtomic(
  path: string,
  contents: string | Uint8Array | readonly Uint8Array[],
): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true });
  const temporary = join(folder, `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const file = await open(temporary, 'wx');
    try {
      // Piece by piece: what is written may be larger than one buffer can be.
      const pieces = Array.isArray(contents) ? contents : [contents];
      for (const piece of pieces) await file.appendFile(piece);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
