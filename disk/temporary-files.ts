/**
 * Names of what is written before it is complete. They say which process they belong to, so that what a killed process
 * left behind can be removed, and what a living one needs never is.
 */
import { createHash, randomBytes } from 'node:crypto';
import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ownIdentity, type ProcessIdentity, stateOf } from './process-identity.ts';

/** Where a process runs: its number means nothing on another computer, in another container or after a restart. */
function placeOf({ machine, namespace, boot }: ProcessIdentity): string {
  return createHash('sha256')
    .update(JSON.stringify([machine, namespace, boot]))
    .digest('hex')
    .slice(0, 8);
}

/** This process and a random word, for a name that no other process gives: "4711-83512-1f0c2a9b-5d3e…". */
export async function ownTag(): Promise<string> {
  const own = await ownIdentity();
  return `${own.pid}-${own.started ?? 0}-${placeOf(own)}-${randomBytes(6).toString('hex')}`;
}

const TAG = /(\d{1,10})-(\d{1,16})-([0-9a-f]{8})-[0-9a-f]{12}$/;
/** As versions before 0.2 named them, which did not say whose they are. */
const OLD_NAME = /^\..+\.[0-9a-f]{12}\.tmp$/;
/** Characters of a file's own name that its temporary file shows: names may have 255 bytes in all. */
const SHOWN = 40;
const SUFFIX = '.tmp';

/** The name of a temporary file beside a file of this name. */
export async function temporaryName(name: string): Promise<string> {
  const shown = Array.from(name).slice(0, SHOWN).join('');
  return `.${shown}.${await ownTag()}${SUFFIX}`;
}

/** Milliseconds after which a file is left over if nobody can say whether its process still runs. */
const LONG = 24 * 60 * 60 * 1000;
/** Entries of a folder that are looked at: anybody may have put any number of files there. */
const MAX_ENTRIES = 100_000;

/** Removes the temporary files that processes which have ended left in a folder. Never fails. */
export function removeTemporaryFiles(folder: string): Promise<number> {
  return removeLeftovers(folder, (name) => {
    if (OLD_NAME.test(name)) return '';
    return name.startsWith('.') && name.endsWith(SUFFIX) ? name.slice(0, -SUFFIX.length) : undefined;
  });
}

/**
 * Removes what processes that have ended left in a folder, files and folders. Never fails.
 *
 * @param tagOf the part of an entry's name that ends with the tag of its process; '' where the name says that it is ours
 *   but not whose; undefined where it is none of ours
 * @returns how many were removed
 */
export async function removeLeftovers(folder: string, tagOf: (name: string) => string | undefined): Promise<number> {
  const names = await readdir(folder).catch(() => []);
  const ours = names.slice(0, MAX_ENTRIES).flatMap((name) => {
    const tag = tagOf(name);
    return tag === undefined ? [] : [{ path: join(folder, name), tag }];
  });
  let removed = 0;
  for (const { path, tag } of ours) {
    if (!(await isLeftOver(path, tag))) continue;
    const gone = await rm(path, { recursive: true, force: true }).then(
      () => true,
      () => false,
    );
    if (gone) removed += 1;
  }
  return removed;
}

async function isLeftOver(path: string, tag: string): Promise<boolean> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined || found.isSymbolicLink()) return false;
  // Somebody else's: in a folder for all users anybody may choose any name.
  if (process.getuid !== undefined && found.uid !== process.getuid()) return false;
  const isOld = Date.now() - found.mtimeMs > LONG;
  const [, pid, started, place] = TAG.exec(tag) ?? [];
  if (pid === undefined) return tag === '' && isOld;
  const own = await ownIdentity();
  if (place !== placeOf(own)) return isOld;
  const owner = { ...own, pid: Number(pid), started: Number(started) === 0 ? null : Number(started) };
  return (await stateOf(owner)) === 'ended';
}
