import { constants, type Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/** A file that cannot be read. The message is a sentence that begins with "It" and names no path. */
export class FileError extends Error {
  override readonly name = 'FileError';
}

/** Bytes of the largest ONNX file: what a protobuf message can hold. */
export const MAX_MODEL_FILE = 2 * 2 ** 30 - 1;

/** Windows has no such flag, and no named pipes among its files. */
const NON_BLOCKING = (constants.O_NONBLOCK as number | undefined) ?? 0;

const REASONS: { readonly [code: string]: string } = {
  ENOENT: 'It does not exist.',
  ENOTDIR: 'It does not exist: a part of its path is no folder.',
  EACCES: 'It may not be read: the system refuses access.',
  EPERM: 'It may not be read: the system refuses access.',
  EISDIR: 'It is a folder, not a file.',
  ENXIO: 'It is a socket or a device, not a file.',
  ELOOP: 'It is a link that leads to itself.',
  ENAMETOOLONG: 'Its name is too long.',
  EMFILE: 'Too many files are open; close other programs.',
  EIO: 'The disk could not read it.',
  ERR_INVALID_ARG_VALUE: 'Its name holds a character that no name can hold.',
};

/** Why a file could not be opened or read, in a sentence. */
export function fileReason(error: unknown): string {
  if (error instanceof FileError) return error.message;
  const { code = '' } = error as NodeJS.ErrnoException;
  return REASONS[code] ?? (error instanceof Error ? error.message : String(error));
}

function kindOf(found: Stats): string {
  if (found.isDirectory()) return 'a folder';
  if (found.isFIFO()) return 'a named pipe';
  if (found.isSocket()) return 'a socket';
  return 'a device';
}

/**
 * Opens a file for reading. Pipes, sockets, devices, folders and links to them are refused, and none of them is waited for.
 *
 * @throws FileError
 */
export async function openFile(path: string): Promise<{ readonly file: FileHandle; readonly size: number }> {
  try {
    const file = await open(path, constants.O_RDONLY | NON_BLOCKING);
    try {
      const found = await file.stat();
      if (!found.isFile()) throw new FileError(`It is ${kindOf(found)}, not a file.`);
      return { file, size: found.size };
    } catch (error) {
      await file.close();
      throw error;
    }
  } catch (cause) {
    throw new FileError(fileReason(cause), { cause });
  }
}

/**
 * Reads a whole file of at most `most` bytes.
 *
 * @throws FileError
 */
export async function readFileUpTo(path: string, most: number): Promise<Buffer> {
  const { file, size } = await openFile(path);
  try {
    const tooLarge = (bytes: string) => new FileError(`It has ${bytes} bytes; at most ${most} are read.`);
    if (size > most) throw tooLarge(String(size));
    // One byte more shows whether the file is longer than the system said: some that the system makes up are.
    const bytes = Buffer.allocUnsafeSlow(Math.min(most, Math.max(size, SMALL)) + 1);
    let done = 0;
    while (done < bytes.length) {
      const { bytesRead } = await file.read(bytes, done, bytes.length - done, done);
      if (bytesRead === 0) return bytes.subarray(0, done);
      done += bytesRead;
    }
    throw tooLarge(`more than ${bytes.length - 1}`);
  } catch (cause) {
    throw new FileError(fileReason(cause), { cause });
  } finally {
    await file.close();
  }
}

/** Files that the system makes up say that they have no bytes. */
const SMALL = 4096;
