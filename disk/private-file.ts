/** Small files that only their owner may read: what is in them opens the program to whoever knows it. */
import { constants } from 'node:fs';
import { lstat, mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { errorCode, nodeFileSystem } from './file-system.ts';
import { temporaryName } from './temporary-files.ts';
import { explainWriteError } from './write-error.ts';

const OWNER_ONLY = 0o600;
const OTHERS = 0o077;
const MAX_BYTES = 64 * 1024;

/** Windows knows no owners in numbers and no such permissions: there a user's own folders are private by themselves. */
const own = process.getuid?.();
const NO_FOLLOW = (constants.O_NOFOLLOW as number | undefined) ?? 0;

/** A file that others may have read or written. The message is a sentence that names it. */
export class NotPrivateError extends Error {
  override readonly name = 'NotPrivateError';
}

/**
 * Reads a private file; undefined where there is none.
 *
 * @throws NotPrivateError where it is a link, somebody else's, or open to others
 */
export async function readPrivateFile(path: string): Promise<string | undefined> {
  // A pipe or a link is looked at, not opened.
  const found = await lstat(path).catch(missing);
  if (found === undefined) return undefined;
  if (!found.isFile()) throw new NotPrivateError(`${path} is no plain file.`);
  const file = await open(path, constants.O_RDONLY | NO_FOLLOW).catch(missing);
  if (file === undefined) return undefined;
  try {
    const { uid, mode, size } = await file.stat();
    if (own !== undefined && uid !== own) throw new NotPrivateError(`${path} belongs to another user.`);
    if (own !== undefined && (mode & OTHERS) !== 0) throw new NotPrivateError(`${path} may be read by others.`);
    if (size > MAX_BYTES) throw new NotPrivateError(`${path} is too large to be what it should be.`);
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

function missing(error: unknown): undefined {
  if (errorCode(error) === 'ENOENT') return undefined;
  throw error;
}

/**
 * Replaces a private file as a whole: written beside it by nobody but its owner's rights, then renamed over whatever is
 * there. Its folder is made where it is missing.
 *
 * @throws WriteError
 */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  const temporary = join(dirname(path), await temporaryName(basename(path)));
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(temporary, 'wx', OWNER_ONLY);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw await explainWriteError(error, path, Buffer.byteLength(text), nodeFileSystem);
  }
}
