import * as promises from 'node:fs/promises';

/** What files are written with: Node's own functions, or a stand-in that fails when a test wants it to. */
export type FileSystem = Pick<
  typeof promises,
  'copyFile' | 'link' | 'lstat' | 'mkdir' | 'open' | 'readFile' | 'realpath' | 'rename' | 'rm' | 'stat' | 'statfs'
>;

export const nodeFileSystem: FileSystem = promises;

/** The code of a failed system call ("ENOSPC"); '' for any other error. */
export function errorCode(error: unknown): string {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  return typeof code === 'string' ? code : '';
}
