import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { NotPrivateError, readPrivateFile, writePrivateFile } from '#disk/private-file.ts';

/** 24 random bytes in base64url. */
const FORM = /^[A-Za-z0-9_-]{32}$/;

export function newToken(): string {
  return randomBytes(24).toString('base64url');
}

/**
 * The token of this user's servers. It is kept in a file that only they may read, so that an address that was opened once
 * works again after a restart; whoever deletes the file gets another. A file that others may have read is replaced.
 *
 * @param warn called with a sentence where the old address does not work any more
 */
export async function keptToken(stateFolder: string, warn: (message: string) => void): Promise<string> {
  const path = join(stateFolder, 'server-token');
  try {
    const kept = (await readPrivateFile(path))?.trim();
    if (kept !== undefined && FORM.test(kept)) return kept;
  } catch (error) {
    if (!(error instanceof NotPrivateError)) throw error;
    warn(`${error.message} A new address was made: the one used before does not work any more.`);
  }
  const token = newToken();
  await writePrivateFile(path, `${token}\n`);
  return token;
}
