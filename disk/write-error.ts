import { dirname } from 'node:path';
import { formatBytes } from '#core/format.ts';
import { errorCode, type FileSystem } from './file-system.ts';

/** A file could not be written. The message is for the user: which file, why, and what to do. */
export class WriteError extends Error {
  override readonly name = 'WriteError';
  readonly path: string;
  /** The system's code ("ENOSPC"); '' where it was none of the system's errors. */
  readonly code: string;

  constructor(path: string, code: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.path = path;
    this.code = code;
  }
}

/** Codes that mean "no room": the disk is full, or what the user may use of it is. */
export const NO_SPACE: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT']);

const REASONS: { readonly [code: string]: string } = {
  EROFS: 'its disk is read-only. Choose another folder, or make the disk writable',
  EACCES: 'you may not write there. Change the permissions of its folder, or choose another one',
  EPERM: 'the system does not allow it. Change the permissions of its folder, or choose another one',
  EBUSY: 'another program uses it. Close it there',
  ETXTBSY: 'another program uses it. Close it there',
  ENOENT: 'its folder is missing: it was deleted or moved, or its drive is not connected',
  ENOTDIR: 'what should be its folder is a file. Choose another path',
  EISDIR: 'there is a folder of this name. Choose another name',
  ENAMETOOLONG: 'the name is too long. Choose a shorter one',
  EMFILE: 'too many files are open. Close other programs',
  ENFILE: 'too many files are open. Close other programs',
  EIO: 'the disk reported an error. Check the disk',
  ENODEV: 'its drive is not connected',
  ENXIO: 'its drive is not connected',
  ESTALE: 'its network drive was disconnected. Connect it again',
  EFBIG: 'the file would be larger than this disk or its limits allow',
};

/** The error of a write, in words. What is one of these words already stays as it is. */
export async function explainWriteError(
  error: unknown,
  path: string,
  bytes: number,
  files: Pick<FileSystem, 'statfs'>,
): Promise<WriteError> {
  if (error instanceof WriteError) return error;
  const code = errorCode(error);
  const failed = `${path} could not be written`;
  if (NO_SPACE.has(code)) {
    const free = await freeBytes(dirname(path), files);
    const room = free === undefined ? '' : ` and ${formatBytes(free)} ${free === 1 ? 'is' : 'are'} free`;
    const needed = `it needs ${formatBytes(bytes)}${room}. Free some space`;
    return new WriteError(path, code, `${failed}: the disk is full; ${needed}.`, error);
  }
  const said = error instanceof Error ? error.message : String(error);
  const reason = REASONS[code];
  return new WriteError(path, code, `${failed}: ${reason === undefined ? said : `${reason} (${code})`}.`, error);
}

/** Bytes that this user can still write on the disk of a folder; undefined where the system does not say. */
export async function freeBytes(folder: string, files: Pick<FileSystem, 'statfs'>): Promise<number | undefined> {
  const found = await files.statfs(folder).catch(() => undefined);
  return found && Number(found.bavail) * Number(found.bsize);
}
