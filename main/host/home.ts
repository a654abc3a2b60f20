/** One home has one program at a time: a second one would overwrite what the first one writes. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import { type Lock, LockedError, lockHolder, takeLock } from '#disk/lock.ts';
import { readPrivateFile, writePrivateFile } from '#disk/private-file.ts';
import { parseJson } from '../files/json-file.ts';

/** How the program that has a home can be reached. */
const residentSchema = z.object({
  pid: z.int().positive(),
  /** The address of its page, token included; null for a window of its own. */
  url: z.string().max(300).nullable(),
  /** Where a server listened last. */
  port: z.int().min(1).max(65_535).nullable(),
});
export type Resident = z.infer<typeof residentSchema>;

/** Another program has the home. */
export interface Taken {
  readonly pid: number | undefined;
  /** Where its page is, if it has one in a browser. */
  readonly url: string | undefined;
}

/** Milliseconds that a program may take from having the home to saying where it is, and between two looks. */
const PATIENCE = 5000;
const LOOK_EVERY = 50;

/** A home that this program has. */
export class Home {
  readonly #lock: Lock;
  readonly #path: string;
  /** Where a server of this home listened last time. */
  readonly lastPort: number | undefined;

  private constructor(lock: Lock, path: string, lastPort: number | undefined) {
    this.#lock = lock;
    this.#path = path;
    this.lastPort = lastPort;
  }

  /**
   * Takes a home for this program.
   *
   * @param stateFolder where the program keeps its own files; made where it is missing
   */
  static async take(stateFolder: string): Promise<Home | Taken> {
    await mkdir(stateFolder, { recursive: true });
    const [lock, info] = [join(stateFolder, 'running.lock'), join(stateFolder, 'running.json')];
    const holder = await lockHolder(lock);
    if (holder !== undefined && (await isReachable(holder, info))) return whereIs(holder, info);
    try {
      const before = await readResident(info);
      return new Home(await takeLock(lock), info, before?.port ?? undefined);
    } catch (error) {
      if (!(error instanceof LockedError)) throw error;
      return whereIs(error.pid, info);
    }
  }

  /** Says where this program can be reached: to those who want the home, too. */
  async settle(url: string | null): Promise<void> {
    const port = url === null ? null : Number(new URL(url).port);
    await writePrivateFile(this.#path, `${JSON.stringify({ pid: process.pid, url, port } satisfies Resident)}\n`);
  }

  /** Lets others have it. */
  async leave(): Promise<void> {
    await this.#lock.release();
  }
}

async function readResident(path: string): Promise<Resident | undefined> {
  const text = await readPrivateFile(path).catch(() => undefined);
  return text === undefined ? undefined : residentSchema.safeParse(parseJson(text)).data;
}

/** Whether the page of the program that has the home can be had right now: then there is nothing to wait for. */
async function isReachable(pid: number, info: string): Promise<boolean> {
  const resident = await readResident(info);
  if (resident?.pid !== pid || resident.url === null) return false;
  const asked = fetch(resident.url, { method: 'HEAD', signal: AbortSignal.timeout(PATIENCE) });
  return asked.then(
    ({ ok }) => ok,
    () => false,
  );
}

/** What the program that has the home says of itself; it may be about to say it. */
async function whereIs(pid: number | undefined, info: string): Promise<Taken> {
  for (let waited = 0; ; waited += LOOK_EVERY) {
    const resident = await readResident(info);
    if (resident !== undefined && resident.pid === pid) return { pid, url: resident.url ?? undefined };
    if (waited >= PATIENCE) return { pid, url: undefined };
    await setTimeout(LOOK_EVERY);
  }
}
