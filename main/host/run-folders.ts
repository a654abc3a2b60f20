import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Runs whose weights are kept. */
const KEPT = 5;

/** A new folder for a run's weights, named by time; the oldest beyond a few are removed. */
export async function createRunFolder(stateFolder: string): Promise<string> {
  const runs = join(stateFolder, 'runs');
  const name = new Date().toISOString().replace(/[:.]/g, '-');
  await mkdir(join(runs, name), { recursive: true });
  const all = (await readdir(runs)).sort().reverse();
  await Promise.all(all.slice(KEPT).map((old) => rm(join(runs, old), { recursive: true, force: true })));
  return join(runs, name);
}
