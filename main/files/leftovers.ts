import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { removeTemporaryFiles } from '#disk/temporary-files.ts';

/** Runs whose folders are looked at. */
const MAX_RUNS = 10_000;

/**
 * Removes what processes of this program that were killed while they wrote left among designs, the program's own files
 * and its runs. What a living process writes stays, and so does every file of another kind. Never fails.
 */
export async function removeLeftoversIn(folders: { readonly designs: string; readonly state: string }): Promise<void> {
  const runs = join(folders.state, 'runs');
  const names = (await readdir(runs).catch(() => [])).slice(0, MAX_RUNS);
  for (const folder of [folders.designs, folders.state, ...names.map((name) => join(runs, name))]) {
    await removeTemporaryFiles(folder);
  }
}
