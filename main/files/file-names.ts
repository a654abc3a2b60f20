import { join } from 'node:path';
import { toFileName } from '#core/project/file-name.ts';
import { type FileSystem, nodeFileSystem } from '#disk/file-system.ts';
import { makeFolder, publishFile, writeTemporary } from '#disk/write-file.ts';

/** Files of one name that are looked past. */
const MAX_NUMBER = 10_000;

/**
 * Writes a new file under the first free of "name.ext", "name 2.ext", …; never over another. The file is whole as soon as
 * it is there.
 *
 * @param announce gets the path before the file is there, so that nothing is written that nobody knows of; once more with
 *   the next path where another program takes the first one meanwhile
 * @throws WriteError where it cannot be written
 */
export async function createFile<T>(
  folder: string,
  name: string,
  extension: string,
  contents: string,
  announce: (path: string) => Promise<T>,
  files: FileSystem = nodeFileSystem,
): Promise<T> {
  const stem = toFileName(name);
  await makeFolder(folder, files);
  const temporary = await writeTemporary(join(folder, `${stem}${extension}`), contents, files);
  try {
    for (let number = 1; number <= MAX_NUMBER; number++) {
      const path = join(folder, `${stem}${number === 1 ? '' : ` ${number}`}${extension}`);
      if (await isTaken(path, files)) continue;
      const announced = await announce(path);
      if (await publishFile(temporary, path, files)) return announced;
    }
  } finally {
    await files.rm(temporary, { force: true });
  }
  throw new Error(`${folder} holds ${MAX_NUMBER} files named "${stem}" already. Choose another name.`);
}

async function isTaken(path: string, files: FileSystem): Promise<boolean> {
  return (await files.lstat(path).catch(() => undefined)) !== undefined;
}
