import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** `serve [--port N] [--open]`: the app in a browser, from a server on this machine only. */
export function serve(args: readonly string[]): Promise<number> {
  const script = fileURLToPath(new URL('./server.js', import.meta.url));
  const child = spawn(process.execPath, [script, ...args], { stdio: 'inherit' });
  // The server gets the terminal's signals itself; wait for it to finish its work.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void child.kill(signal));
  return new Promise((resolve) => child.on('exit', (code) => resolve(code ?? 0)));
}
