/** Entry of the server: the app in a browser, with the same main code as in Electron. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { ChildLike } from '#contract/child-process.ts';
import { NO_TELEMETRY } from '#contract/telemetry.ts';
import { removeLeftoversIn } from '../files/leftovers.ts';
import { type Folders, serverFolders } from '../host/folders.ts';
import { Home, type Taken } from '../host/home.ts';
import { Host } from '../host/host.ts';
import { Exports } from './exports.ts';
import { type RunningServer, startHttpServer } from './http-server.ts';
import { openBrowser, removeRedirect } from './open-browser.ts';
import { keptToken } from './token.ts';

/** Tried first where no port is asked for, so that a browser finds its settings again. */
const USUAL_PORT = 5377;

function here(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

function spawnTraining(quiet: boolean): ChildLike {
  const output = quiet ? 'ignore' : 'inherit';
  const child = fork(here('./training.js'), [], {
    env: { ...process.env, ...NO_TELEMETRY },
    serialization: 'advanced',
    stdio: ['ignore', output, output, 'ipc'],
  });
  return {
    send: (message) => {
      if (child.connected) child.send(message as object);
    },
    onMessage: (listener) => void child.on('message', listener),
    onExit: (listener) => void child.on('exit', listener),
    kill: () => void child.kill('SIGKILL'),
  };
}

interface Asked {
  readonly port: number | undefined;
  readonly open: boolean;
}

function readArguments(): Asked {
  const { values } = parseArgs({ options: { port: { type: 'string' }, open: { type: 'boolean', default: false } } });
  if (values.port === undefined) return { port: undefined, open: values.open };
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new Error(`--port needs a whole number from 0 to 65535, got "${values.port}".`);
  }
  return { port, open: values.open };
}

function isTaken(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
}

/** Where the file is put that leads a browser to the page; those in a sandbox on Linux may not read hidden folders. */
function redirectFolder({ designs, state }: Folders): string {
  return process.platform === 'linux' ? designs : state;
}

async function showPage(url: string, folders: Folders): Promise<void> {
  const { found } = await openBrowser(url, redirectFolder(folders));
  if (!found) process.stdout.write('No browser was found: open the address yourself.\n');
}

/** What a second start does: shows where the first one is. @returns the exit code */
async function showOther({ pid, url }: Taken, asked: Asked, folders: Folders): Promise<number> {
  const who = pid === undefined ? '' : ` (process ${pid})`;
  if (url === undefined) {
    process.stderr.write(
      `ConvCanvas already runs${who} with the files in ${folders.state}, in a window of its own, or it does not answer. End it first, or give this one a home of its own with CONVCANVAS_HOME.\n`,
    );
    return 1;
  }
  if (asked.port !== undefined && asked.port !== 0 && asked.port !== Number(new URL(url).port)) {
    process.stderr.write(
      `ConvCanvas already runs${who}, at ${url}. One home has one server: end that one to start it at port ${asked.port}, or give this one a home of its own with CONVCANVAS_HOME.\n`,
    );
    return 1;
  }
  process.stdout.write(`ConvCanvas already runs${who}, at ${url}\n`);
  if (asked.open) await showPage(url, folders);
  return 0;
}

/** Listens on the port that is asked for; else on the one of last time, the usual one, or any. */
async function listen(
  asked: number | undefined,
  last: number | undefined,
  start: (port: number) => Promise<RunningServer>,
) {
  if (asked !== undefined) {
    return start(asked).catch((error: unknown) => {
      if (!isTaken(error)) throw error;
      throw new Error(`Port ${asked} is in use. Give another with --port, or leave --port out to get a free one.`);
    });
  }
  for (const port of new Set([last ?? USUAL_PORT, USUAL_PORT])) {
    try {
      return await start(port);
    } catch (error) {
      if (!isTaken(error)) throw error;
    }
  }
  return start(0);
}

async function main(): Promise<void> {
  const asked = readArguments();
  const folders = serverFolders();
  const home = await Home.take(folders.state);
  if (home instanceof Home) await serve(home, asked, folders);
  else process.exitCode = await showOther(home, asked, folders);
}

async function serve(home: Home, asked: Asked, folders: Folders): Promise<void> {
  const exports = new Exports();
  void removeLeftoversIn(folders);
  void exports.removeLeftovers();
  const host = new Host({
    shell: 'browser',
    designsFolder: folders.designs,
    stateFolder: folders.state,
    runtime: `Node ${process.versions.node}`,
    spawnTraining,
    // A server has no dialogs: the page asks with its own.
    pickDesign: async () => null,
    pickDataFolder: async () => null,
    exportTarget: (name) => exports.create(name),
  });
  const warn = (message: string) => void process.stderr.write(`${message}\n`);
  const start = (token: string) => (port: number) =>
    startHttpServer({
      token,
      port,
      pageFolder: here('../renderer'),
      exports,
      connect: (transport) => host.connect(transport),
    });
  let server: RunningServer;
  try {
    server = await listen(asked.port, home.lastPort, start(await keptToken(folders.state, warn)));
    await home.settle(server.url);
  } catch (error) {
    await home.leave();
    throw error;
  }
  process.stdout.write(`ConvCanvas is at ${server.url}\nPress Ctrl-C to end it.\n`);
  if (asked.open) await showPage(server.url, folders);

  const close = async () => {
    host.close();
    await server.close();
    await exports.close();
    await removeRedirect(server.url, redirectFolder(folders));
    await home.leave();
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => void close());
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
