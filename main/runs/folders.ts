import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Runs that are kept. */
const KEPT = 5;

async function runsIn(folder: string): Promise<readonly string[]> {
  return (await readdir(folder).catch(() => [])).sort().reverse();
}

/** A new folder for a run, named by time; the oldest beyond a few are removed. */
export async function createRunFolder(stateFolder: string): Promise<string> {
  const runs = join(stateFolder, 'runs');
  const name = new Date().toISOString().replace(/[:.]/g, '-');
  await mkdir(join(runs, name), { recursive: true });
  const old = (await runsIn(runs)).slice(KEPT);
  await Promise.all(old.map((run) => rm(join(runs, run), { recursive: true, force: true })));
  return join(runs, name);
}

/** The folder of the run that began last. */
export async function latestRunFolder(stateFolder: string): Promise<string | undefined> {
  const runs = join(stateFolder, 'runs');
  for (const name of await runsIn(runs)) {
    const found = await stat(join(runs, name, 'run.json')).catch(() => undefined);
    if (found?.isFile()) return join(runs, name);
  }
  return undefined;
}
