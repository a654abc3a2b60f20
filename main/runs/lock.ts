import { readFile, rm, writeFile } from 'node:fs/promises';

/** The process that holds a lock file, where it still runs. */
export async function lockHolder(path: string): Promise<number | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const pid = Number(text);
  return Number.isInteger(pid) && pid > 0 && isAlive(pid) ? pid : undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process is alive, too.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Takes a lock for this process. A lock whose process has ended, however it ended, is free. */
export async function takeLock(path: string): Promise<void> {
  const holder = await lockHolder(path);
  if (holder !== undefined && holder !== process.pid) {
    throw new Error(
      `This run is under way in another process (${holder}). Stop it there first; or, if it is not, delete ${path}.`,
    );
  }
  await writeFile(path, String(process.pid));
}

export async function giveLockBack(path: string): Promise<void> {
  await rm(path, { force: true });
}
