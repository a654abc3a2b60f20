/** The built server in a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { built } from './e2e/paths.ts';

export interface RunningServer {
  readonly url: string;
  /** Where designs and state are kept. */
  readonly home: string;
  readonly process: ChildProcess;
  stop(): Promise<void>;
}

/** Starts the built server; resolves when it has printed its address, rejects where it ends before. */
export async function spawnServer(home: string, args: readonly string[] = ['--port', '0']): Promise<RunningServer> {
  const child = spawn(process.execPath, [built('main/server.js'), ...args], {
    env: { ...process.env, CONVCANVAS_HOME: home },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      const match = /http:\S+/.exec(chunk.toString());
      if (match !== null) resolve(match[0]);
    });
    child.once('exit', (code) => reject(new Error(`The server ended with code ${code}`)));
  });
  return { url, home, process: child, stop };
}
