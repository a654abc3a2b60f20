/**
 * A lock file: at most one process has it, however many want it at the same moment, and a process that has ended, however
 * it ended, has it no more.
 *
 * A lock appears complete and in one go (a link to a file that was written before). Whoever finds one whose process has
 * ended must not simply remove it: between looking and removing, another process may have done the same and taken the lock
 * anew. So removing needs a lock of its own, named after the very lock that is to go (its nonce); only its holder removes
 * that lock, and so finds it unchanged. A process that ends while it removes one leaves such a lock, which is removed in
 * the same way.
 */
import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import { errorCode, type FileSystem, nodeFileSystem } from './file-system.ts';
import { ownIdentity, type ProcessState, processIdentity, processStart, stateOf } from './process-identity.ts';
import { temporaryName } from './temporary-files.ts';
import { explainWriteError } from './write-error.ts';
import { linkNew } from './write-file.ts';

const lockSchema = z.object({
  ...processIdentity.shape,
  /** Tells this lock from all others, also of the same process. */
  nonce: z.string().regex(/^[0-9a-f]{16}$/),
});
type LockText = z.infer<typeof lockSchema>;

/** What is known of a lock that is there. */
interface Found {
  /** Names this lock among all that were ever under its path. */
  readonly nonce: string;
  /** `unknown`: nothing can be read of it, since it is being written or was left by a crash in the middle of that. */
  readonly state: ProcessState | 'unknown';
  readonly pid: number | undefined;
  readonly host: string;
}

/** Somebody else has the lock. */
export class LockedError extends Error {
  override readonly name = 'LockedError';
  readonly path: string;
  readonly pid: number | undefined;
  /** Where its process runs, where that is another computer or container; '' for this one. */
  readonly host: string;

  constructor(path: string, pid: number | undefined, host: string) {
    const where = host === '' ? '' : ` on ${host}`;
    super(
      `Another process${pid === undefined ? '' : ` (${pid}${where})`} holds ${path}. Stop it there first; or, if it does not run any more, delete that file.`,
    );
    this.path = path;
    this.pid = pid;
    this.host = host;
  }
}

/** Milliseconds that a holder may take to end, and between two looks at it. */
const PATIENCE = 2000;
const LOOK_EVERY = 25;
/** Locks on locks that are followed: each needs a process that ended just while it removed one. */
const MAX_DEPTH = 8;

/** A lock that this process has. */
export class Lock {
  readonly path: string;
  readonly #nonce: string;
  readonly #files: FileSystem;

  constructor(path: string, nonce: string, files: FileSystem) {
    this.path = path;
    this.#nonce = nonce;
    this.#files = files;
  }

  /** Whether the file is still this lock: somebody may have deleted it, and somebody else taken it since. */
  async isHeld(): Promise<boolean> {
    return (await readNonce(this.path, this.#files)) === this.#nonce;
  }

  /** Lets others have it. A lock that is not ours any more stays. */
  async release(): Promise<void> {
    if (await this.isHeld()) await this.#files.rm(this.path, { force: true });
  }
}

/**
 * Takes a lock for this process, as soon as its holder has ended. The folder must exist.
 *
 * @param patience milliseconds to wait for a holder that may be ending
 * @throws LockedError where somebody else keeps it, WriteError where it cannot be written
 */
export async function takeLock(path: string, files: FileSystem = nodeFileSystem, patience = PATIENCE): Promise<Lock> {
  const begin = performance.now();
  for (;;) {
    const taken = await tryToTake(path, files);
    if (taken !== undefined) {
      await removeClaims(path, files);
      return taken;
    }
    const waited = performance.now() - begin;
    const found = await find(path, files);
    if (found === undefined) continue; // released meanwhile
    const isGone = found.state === 'ended' || (found.state === 'unknown' && waited > patience);
    if (waited > (isGone ? 2 : 1) * patience) {
      throw new LockedError(path, found.pid, found.state === 'elsewhere' ? found.host : '');
    }
    if (isGone) await breakLock(path, found, files, MAX_DEPTH);
    // Not all at the same moment again.
    await setTimeout(LOOK_EVERY * (0.5 + Math.random()));
  }
}

/** The process that holds a lock, where one does. */
export async function lockHolder(path: string, files: FileSystem = nodeFileSystem): Promise<number | undefined> {
  const found = await find(path, files);
  return found === undefined || found.state === 'ended' || found.state === 'unknown' ? undefined : (found.pid ?? 0);
}

async function tryToTake(path: string, files: FileSystem): Promise<Lock | undefined> {
  const nonce = randomBytes(8).toString('hex');
  const text = `${JSON.stringify({ ...(await ownIdentity()), nonce } satisfies LockText)}\n`;
  const temporary = join(dirname(path), await temporaryName('lock'));
  try {
    const file = await files.open(temporary, 'wx');
    try {
      await file.writeFile(text);
    } finally {
      await file.close();
    }
    const linked = await linkNew(temporary, path, files);
    if (linked === 'taken') return undefined;
    if (linked === 'unsupported' && !(await writeNew(path, text, files))) return undefined;
  } catch (error) {
    throw await explainWriteError(error, path, text.length, files);
  } finally {
    await files.rm(temporary, { force: true }).catch(() => undefined);
  }
  const lock = new Lock(path, nonce, files);
  return (await lock.isHeld()) ? lock : undefined;
}

/** Where the disk knows no links: there at once, but complete only a moment later. */
async function writeNew(path: string, text: string, files: FileSystem): Promise<boolean> {
  try {
    const file = await files.open(path, 'wx');
    try {
      await file.writeFile(text);
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Removes a lock whose process has ended, unless somebody else does so at this moment. */
async function breakLock(path: string, stale: Found, files: FileSystem, depth: number): Promise<void> {
  const claim = `${path}.${stale.nonce}`;
  const right = await tryToTake(claim, files);
  if (right === undefined) {
    const other = await find(claim, files);
    if (other?.state === 'ended' && depth > 0) await breakLock(claim, other, files, depth - 1);
    return;
  }
  try {
    if ((await readNonce(path, files)) === stale.nonce) await files.rm(path, { force: true });
  } catch (error) {
    throw await explainWriteError(error, path, 0, files);
  } finally {
    await right.release();
  }
}

/** Removes what processes left that ended while they removed a lock. */
async function removeClaims(path: string, files: FileSystem): Promise<void> {
  const names = await readdir(dirname(path)).catch(() => []);
  for (const name of names) {
    const claim = join(dirname(path), name);
    if (!claim.startsWith(`${path}.`) || !CLAIM.test(claim.slice(path.length))) continue;
    if ((await find(claim, files))?.state === 'ended') await files.rm(claim, { force: true }).catch(() => undefined);
  }
}

/** What is added to a lock's name for the right to remove it. */
const CLAIM = /^(\.([0-9a-f]{16}|pid-\d+|torn-\d+))+$/;

async function readText(path: string, files: FileSystem): Promise<string | undefined> {
  return files.readFile(path, 'utf8').catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return undefined;
    return '';
  });
}

async function readNonce(path: string, files: FileSystem): Promise<string | undefined> {
  const text = await readText(path, files);
  return text === undefined ? undefined : nonceOf(text);
}

/** Versions before 0.2 wrote only the process's number, and a crash may leave anything. */
function nonceOf(text: string): string {
  const parsed = parseLock(text);
  if (parsed !== undefined) return parsed.nonce;
  const pid = oldPid(text);
  return pid === undefined ? `torn-${text.length}` : `pid-${pid}`;
}

function parseLock(text: string): LockText | undefined {
  try {
    return lockSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function oldPid(text: string): number | undefined {
  return /^\d{1,10}$/.test(text.trim()) && Number(text) > 0 ? Number(text) : undefined;
}

async function find(path: string, files: FileSystem): Promise<Found | undefined> {
  const text = await readText(path, files);
  if (text === undefined) return undefined;
  const nonce = nonceOf(text);
  const lock = parseLock(text);
  if (lock !== undefined) return { nonce, state: await stateOf(lock), pid: lock.pid, host: lock.host };
  const pid = oldPid(text);
  if (pid === undefined) return { nonce, state: 'unknown', pid, host: '' };
  return { nonce, state: (await wroteIt(pid, path, files)) ? 'running' : 'ended', pid, host: '' };
}

/** Milliseconds by which a file's time and a process's start may be apart. */
const CLOCKS = 2000;

/** Whether a process may have written a file: it runs, and did so already when the file was written. */
async function wroteIt(pid: number, path: string, files: FileSystem): Promise<boolean> {
  const start = await processStart(pid);
  const file = await files.stat(path).catch(() => undefined);
  if (start === undefined || file === undefined) return false;
  return start.at === null || start.at <= file.mtimeMs + CLOCKS;
}
