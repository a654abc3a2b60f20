import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readPrivateFile, writePrivateFile } from '#disk/private-file.ts';

/** The command that shows an address in the user's browser, for each system. */
function command(url: string): readonly [string, readonly string[]] {
  switch (process.platform) {
    case 'darwin':
      return ['open', [url]];
    case 'win32':
      return ['rundll32', ['url.dll,FileProtocolHandler', url]];
    default:
      return ['xdg-open', [url]];
  }
}

const NAME = 'Open ConvCanvas.html';

/**
 * Shows the page in the browser. The address itself is in no command line, since every user of the computer can read those:
 * the browser opens a file that only this user may read, and that leads on to the page. The file stays until the server
 * ends; it says no more than the file that keeps the token.
 *
 * @param folder where the file is put: on Linux a folder that browsers in a sandbox (snap, flatpak) may read
 * @returns whether there was a browser to ask
 */
export async function openBrowser(url: string, folder: string): Promise<{ readonly found: boolean }> {
  const path = join(folder, NAME);
  await writePrivateFile(path, redirectTo(url));
  const [program, args] = command(pathToFileURL(path).href);
  const found = await new Promise<boolean>((resolve) => {
    const child = spawn(program, args, { stdio: 'ignore', detached: true });
    child.on('error', () => resolve(false));
    child.on('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
  return { found };
}

/** Removes the file that leads on to an address, unless it is another one by now. */
export async function removeRedirect(url: string, folder: string): Promise<void> {
  const path = join(folder, NAME);
  const text = await readPrivateFile(path).catch(() => undefined);
  if (text === redirectTo(url)) await rm(path, { force: true }).catch(() => undefined);
}

/** A page that leads on to an address, made of characters that need no escaping. */
export function redirectTo(url: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0; url=${url}">
<title>ConvCanvas</title>
<p>ConvCanvas is at <a href="${url}">its page</a>.</p>
</html>
`;
}
