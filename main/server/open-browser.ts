import { spawn } from 'node:child_process';

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

/** Shows an address in the browser; answers whether there was one to ask. */
export function openBrowser(url: string): Promise<boolean> {
  const [program, args] = command(url);
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: 'ignore', detached: true });
    child.on('error', () => resolve(false));
    child.on('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
}
