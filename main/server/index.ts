/** Entry of the server: the app in a browser, with the same main code as in Electron. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { ChildLike } from '#contract/child-process.ts';
import { NO_TELEMETRY } from '#contract/telemetry.ts';
import { serverFolders } from '../host/folders.ts';
import { Host } from '../host/host.ts';
import { Exports } from './exports.ts';
import { type RunningServer, startHttpServer } from './http-server.ts';
import { openBrowser } from './open-browser.ts';

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

function readArguments(): { readonly port: number | undefined; readonly open: boolean } {
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

async function main(): Promise<void> {
  const { port, open } = readArguments();
  const folders = serverFolders();
  const exports = new Exports();
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
  const start = (at: number) =>
    startHttpServer({
      port: at,
      pageFolder: here('../renderer'),
      exports,
      connect: (transport) => host.connect(transport),
    });
  let server: RunningServer;
  try {
    server = await start(port ?? USUAL_PORT);
  } catch (error) {
    if (!isTaken(error)) throw error;
    if (port !== undefined) {
      throw new Error(`Port ${port} is in use. Give another with --port, or leave --port out to get a free one.`);
    }
    server = await start(0);
  }
  process.stdout.write(`ConvCanvas is at ${server.url}\nPress Ctrl-C to end it.\n`);
  if (open && !(await openBrowser(server.url)))
    process.stdout.write('No browser was found: open the address yourself.\n');

  const close = async () => {
    host.close();
    await server.close();
    await exports.close();
    process.exit(0);
  };
  process.once('SIGINT', () => void close());
  process.once('SIGTERM', () => void close());
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
