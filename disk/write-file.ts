/** Files that are whole or not there, whatever happens while they are written. */
import type { FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { errorCode, type FileSystem, nodeFileSystem } from './file-system.ts';
import { removeTemporaryFiles, temporaryName } from './temporary-files.ts';
import { explainWriteError, WriteError } from './write-error.ts';

export type Contents = string | Uint8Array | readonly Uint8Array[];

/**
 * Replaces a file's contents as a whole: written beside it, flushed to disk, then renamed over it. Whoever reads the
 * path, at whatever moment, finds the old contents or the new ones. A symbolic link stays one: what it points to is
 * replaced. Permissions stay as they were.
 *
 * @throws WriteError
 */
export async function writeFileAtomic(
  path: string,
  contents: Contents,
  files: FileSystem = nodeFileSystem,
): Promise<void> {
  const target = await targetOf(path, files);
  await makeFolder(dirname(target), files);
  const temporary = await writeTemporary(target, contents, files);
  await replaceFile(temporary, target, files);
}

/** Makes a folder and those around it, where they are missing. (Node's own way to do so never ends in /proc.) */
export async function makeFolder(path: string, files: FileSystem = nodeFileSystem): Promise<void> {
  try {
    await makeOne(path, files);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT' || dirname(path) === path) throw await explainWriteError(error, path, 0, files);
    await makeFolder(dirname(path), files);
    await makeOne(path, files).catch(async (again: unknown) => {
      throw await explainWriteError(again, path, 0, files);
    });
  }
}

async function makeOne(path: string, files: FileSystem): Promise<void> {
  try {
    await files.mkdir(path);
  } catch (error) {
    const found = errorCode(error) === 'EEXIST' ? await files.stat(path).catch(() => undefined) : undefined;
    if (found === undefined) throw error;
    if (found.isDirectory()) return;
    throw new WriteError(path, 'ENOTDIR', `${path} is needed as a folder, but it is ${kindOf(found)}. Move it away.`);
  }
}

/**
 * Writes and flushes contents under a temporary name beside a file, in a folder that is there; nobody sees them until
 * `replaceFile` or `publishFile`.
 *
 * @returns the temporary file's path
 * @throws WriteError; nothing is left behind then
 */
export async function writeTemporary(
  target: string,
  contents: Contents,
  files: FileSystem = nodeFileSystem,
): Promise<string> {
  const folder = dirname(target);
  let temporary: string | undefined;
  try {
    await cleanOnce(folder);
    const before = await files.stat(target).catch(() => undefined);
    temporary = join(folder, await temporaryName(basename(target)));
    const file = await files.open(temporary, 'wx');
    try {
      // Not every disk knows permissions.
      if (before !== undefined) await file.chmod(before.mode & 0o777).catch(() => undefined);
      await writePieces(file, contents);
      await file.sync();
    } finally {
      await file.close();
    }
    return temporary;
  } catch (error) {
    if (temporary !== undefined) await files.rm(temporary, { force: true }).catch(() => undefined);
    throw await explainWriteError(error, target, byteLength(contents), files);
  }
}

/** Puts what `writeTemporary` wrote in its place, in one go. */
export async function replaceFile(
  temporary: string,
  target: string,
  files: FileSystem = nodeFileSystem,
): Promise<void> {
  try {
    await renameOver(temporary, target, files);
    await syncFolder(dirname(target), files);
  } catch (error) {
    await files.rm(temporary, { force: true }).catch(() => undefined);
    throw await explainWriteError(error, target, 0, files);
  }
}

/**
 * Gives what `writeTemporary` wrote its name, unless something has that name already: in one go where the disk knows links.
 * Elsewhere (exFAT) the name is taken first and the file renamed to it at once, so that only a crash in between leaves an
 * empty file.
 *
 * @returns false where the name is taken; what has it stays as it is, and so does the temporary file
 */
export async function publishFile(
  temporary: string,
  path: string,
  files: FileSystem = nodeFileSystem,
): Promise<boolean> {
  try {
    if (!(await giveName(temporary, path, files))) return false;
    await syncFolder(dirname(path), files);
    return true;
  } catch (error) {
    throw await explainWriteError(error, path, 0, files);
  }
}

async function giveName(temporary: string, path: string, files: FileSystem): Promise<boolean> {
  const linked = await linkNew(temporary, path, files);
  if (linked === 'linked') await files.rm(temporary, { force: true }).catch(() => undefined);
  if (linked !== 'unsupported') return linked === 'linked';
  try {
    await (await files.open(path, 'wx')).close();
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
  try {
    await renameOver(temporary, path, files);
    return true;
  } catch (error) {
    await files.rm(path, { force: true });
    throw error;
  }
}

/** Gives a file a second name in one go, unless something has that name; `unsupported` where the disk has no links. */
export async function linkNew(
  from: string,
  to: string,
  files: FileSystem = nodeFileSystem,
): Promise<'linked' | 'taken' | 'unsupported'> {
  try {
    await files.link(from, to);
    return 'linked';
  } catch (error) {
    return errorCode(error) === 'EEXIST' ? 'taken' : 'unsupported';
  }
}

/** Milliseconds to wait before each further try where another program (a virus scanner) has a file open on Windows. */
const RENAME_PAUSES = process.platform === 'win32' ? [10, 50, 200, 500, 1000] : [];
const IN_USE: ReadonlySet<string> = new Set(['EPERM', 'EACCES', 'EBUSY']);

async function renameOver(from: string, to: string, files: FileSystem): Promise<void> {
  for (const pause of RENAME_PAUSES) {
    try {
      await files.rename(from, to);
      return;
    } catch (error) {
      if (!IN_USE.has(errorCode(error))) throw error;
      await setTimeout(pause);
    }
  }
  await files.rename(from, to);
}

/** Flushes a folder, so that its new names survive a power cut. Windows and some network drives know no such thing. */
export async function syncFolder(folder: string, files: FileSystem = nodeFileSystem): Promise<void> {
  if (process.platform === 'win32') return;
  let handle: FileHandle | undefined;
  try {
    handle = await files.open(folder, 'r');
    await handle.sync();
  } catch (error) {
    if (!NO_FOLDER_SYNC.has(errorCode(error))) throw await explainWriteError(error, folder, 0, files);
  } finally {
    await handle?.close();
  }
}

const NO_FOLDER_SYNC: ReadonlySet<string> = new Set([
  'EINVAL',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  'EISDIR',
  'EACCES',
  'EPERM',
]);

async function writePieces(file: FileHandle, contents: Contents): Promise<void> {
  // Piece by piece: what is written may be larger than one buffer can be.
  for (const piece of Array.isArray(contents) ? contents : [contents]) await file.appendFile(piece);
}

function byteLength(contents: Contents): number {
  if (typeof contents === 'string') return Buffer.byteLength(contents);
  if (contents instanceof Uint8Array) return contents.byteLength;
  return contents.reduce((sum, piece) => sum + piece.byteLength, 0);
}

/** The file that a path leads to. Refuses what is no file: renamed over, a device would be gone. */
async function targetOf(path: string, files: FileSystem): Promise<string> {
  const found = await files.stat(path).catch(() => undefined);
  if (found === undefined) return path;
  if (!found.isFile()) {
    throw new WriteError(
      path,
      '',
      `${path} could not be written: it is ${kindOf(found)}, no file. Choose another path.`,
    );
  }
  return files.realpath(path);
}

/** What is under a path, in words. */
export function kindOf(found: {
  isDirectory(): boolean;
  isFIFO(): boolean;
  isSocket(): boolean;
  isFile(): boolean;
}): string {
  if (found.isDirectory()) return 'a folder';
  if (found.isFIFO()) return 'a pipe';
  if (found.isSocket()) return 'a socket';
  return found.isFile() ? 'a file' : 'a device';
}

/** Folders in which this process has looked for what killed ones left. */
const cleaned = new Set<string>();

async function cleanOnce(folder: string): Promise<void> {
  if (cleaned.has(folder)) return;
  cleaned.add(folder);
  await removeTemporaryFiles(folder);
}
