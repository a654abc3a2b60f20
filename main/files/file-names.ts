import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { toFileName } from '#core/project/file-name.ts';
import { writeFileAtomic } from './atomic-write.ts';

/**
 * Writes a new file under the first free of "name.ext", "name 2.ext", …; never over another.
 *
 * @param announce told the path before the contents are there, so that nothing is written that nobody knows of
 */
export async function createFile<T>(
  folder: string,
  name: string,
  extension: string,
  contents: string,
  announce: (path: string) => Promise<T>,
): Promise<T> {
  await mkdir(folder, { recursive: true });
  const stem = toFileName(name);
  for (let number = 1; ; number++) {
    const path = join(folder, `${stem}${number === 1 ? '' : ` ${number}`}${extension}`);
    if (!(await reserve(path))) continue;
    try {
      const announced = await announce(path);
      await writeFileAtomic(path, contents);
      return announced;
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    }
  }
}

/** Takes a file name for us, unless somebody has it. */
async function reserve(path: string): Promise<boolean> {
  try {
    await (await open(path, 'wx')).close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
