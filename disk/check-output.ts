import { basename, dirname, join } from 'node:path';
import { type FileSystem, nodeFileSystem } from './file-system.ts';
import { temporaryName } from './temporary-files.ts';
import { explainWriteError, WriteError } from './write-error.ts';
import { kindOf } from './write-file.ts';

/**
 * Tries whether a file could be written, and leaves everything as it is: for what is written only after hours of work.
 *
 * @throws WriteError where there is something else of this name, no folder for it, or no way to write there
 */
export async function checkOutput(path: string, files: FileSystem = nodeFileSystem): Promise<void> {
  const found = await files.stat(path).catch(() => undefined);
  if (found !== undefined && !found.isFile()) {
    throw new WriteError(path, '', `${path} cannot be written: it is ${kindOf(found)}, no file. Choose another path.`);
  }
  // Through links, as it will be written.
  const folder = dirname(found === undefined ? path : await files.realpath(path));
  const around = await files.stat(folder).catch(() => undefined);
  if (around === undefined) {
    throw new WriteError(path, 'ENOENT', `${path} cannot be written: there is no folder ${folder}. Make it first.`);
  }
  if (!around.isDirectory()) {
    throw new WriteError(path, 'ENOTDIR', `${path} cannot be written: ${folder} is ${kindOf(around)}, no folder.`);
  }
  await tryIn(folder, path, files);
}

/**
 * The same for a folder, which may be missing together with those around it.
 *
 * @throws WriteError where it could not be made, or nothing written in it
 */
export async function checkOutputFolder(path: string, files: FileSystem = nodeFileSystem): Promise<void> {
  let folder = path;
  let found = await files.stat(folder).catch(() => undefined);
  while (found === undefined && dirname(folder) !== folder) {
    folder = dirname(folder);
    found = await files.stat(folder).catch(() => undefined);
  }
  if (found !== undefined && !found.isDirectory()) {
    throw new WriteError(path, 'ENOTDIR', `${path} cannot be made: ${folder} is ${kindOf(found)}, no folder.`);
  }
  await tryIn(folder, path, files);
}

async function tryIn(folder: string, path: string, files: FileSystem): Promise<void> {
  const trial = join(folder, await temporaryName(basename(path)));
  try {
    await (await files.open(trial, 'wx')).close();
  } catch (error) {
    throw await explainWriteError(error, path, 0, files);
  } finally {
    await files.rm(trial, { force: true }).catch(() => undefined);
  }
}
