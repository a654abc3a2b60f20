/** Runs the built main and preload bundles against the stand-in for Electron. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runInNewContext } from 'node:vm';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { onTestFinished } from 'vitest';
import { type AppContract, appContract } from '#contract/app/index.ts';
import { type Client, createClient } from '#contract/client.ts';
import { nodePort } from '../../node-port.ts';
import { built, root } from '../paths.ts';
import { MessagePortMain, StandIn } from './stand-in.ts';

export const PAGE = 'app://convcanvas/index.html';

/** A copy of the build, beside a module `electron` that is ours. */
function install(): string {
  const top = mkdtempSync(join(tmpdir(), 'convcanvas-shell-'));
  // Below a node_modules folder, so that the test runner leaves the files as they are.
  const modules = join(top, 'node_modules');
  const folder = join(modules, 'convcanvas');
  for (const part of ['main', 'preload', 'renderer']) {
    cpSync(built(part), join(folder, 'out', part), { recursive: true });
  }
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  const electron = join(modules, 'electron');
  mkdirSync(electron);
  writeFileSync(join(electron, 'package.json'), '{ "type": "module", "exports": "./index.js" }');
  const names = Object.keys(new StandIn('').module());
  writeFileSync(join(electron, 'index.js'), `export const { ${names.join(', ')} } = globalThis.electronStandIn;\n`);
  for (const name of ['onnxruntime-node', 'onnxruntime-common']) {
    symlinkSync(join(root, 'node_modules', name), join(modules, name), 'junction');
  }
  onTestFinished(() => rmSync(top, { recursive: true, force: true }));
  return folder;
}

export interface Shell {
  readonly electron: StandIn;
  /** Where the app lies; its documents and user data are below it, too. */
  readonly folder: string;
  /** Asks main for a connection, as a frame with this address would; answers the page's port. */
  connectFrom(frame: { readonly url: string; readonly parent: unknown } | null): {
    readonly port: MessagePort;
    readonly mainPort: MessagePortMain;
  };
  /** What the page does: asks the built preload script for a port and speaks the contract over it. */
  openPage(): Client<AppContract>;
}

/** Whether the entry has done what it does when it starts: there is a window, or it has given up. */
function isReady({ windows, log, errors }: StandIn): boolean {
  return windows[0]?.shown === true || errors.length > 0 || log.at(-1) === 'quit';
}

/** Starts the app. @param words further words of its command line */
export async function startShell(options: { isFirst?: boolean; words?: string[] } = {}): Promise<Shell> {
  const folder = install();
  const electron = new StandIn(folder);
  electron.isFirst = options.isFirst ?? true;
  Object.assign(globalThis, { electronStandIn: electron.module() });
  const { argv } = process;
  process.argv = ['electron', '.', ...(options.words ?? [])];
  await import(pathToFileURL(join(folder, 'out', 'main', 'index.js')).href);
  // The entry goes on after the app is ready.
  for (let i = 0; i < 3000 && options.isFirst !== false && !isReady(electron); i++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  process.argv = argv;
  onTestFinished(async () => {
    if (electron.log.at(-1) !== 'quit') electron.app.emit('window-all-closed');
    await Promise.all(electron.children.map(({ exited }) => exited));
  });

  const connectFrom: Shell['connectFrom'] = (senderFrame) => {
    const { port1, port2 } = new MessageChannel();
    const mainPort = new MessagePortMain(port1);
    electron.ipcMain.emit('convcanvas:connect', { senderFrame, ports: [mainPort] });
    onTestFinished(() => port2.close());
    return { port: port2, mainPort };
  };
  return {
    electron,
    folder,
    connectFrom,
    openPage: () => createClient(appContract, nodePort(askPreload(folder, electron))),
  };
}

/** Runs the preload script in a page's world and asks it for a port, as renderer/connection/port.ts does. */
function askPreload(folder: string, electron: StandIn): MessagePort {
  let listener: ((event: object) => void) | undefined;
  const answers: MessagePort[] = [];
  const window = {
    location: { origin: 'app://convcanvas' },
    addEventListener: (_type: string, added: (event: object) => void) => {
      listener = added;
    },
    postMessage: (word: string, origin: string, [port]: [MessagePort]) => {
      if (word === 'convcanvas:connected' && origin === 'app://convcanvas') answers.push(port);
    },
  };
  const ipcRenderer = {
    postMessage: (channel: string, _message: unknown, [port]: [MessagePort]) =>
      electron.ipcMain.emit(channel, {
        senderFrame: { url: PAGE, parent: null },
        ports: [new MessagePortMain(port)],
      }),
  };
  const script = readFileSync(join(folder, 'out', 'preload', 'index.cjs'), 'utf8');
  const required: string[] = [];
  runInNewContext(script, {
    window,
    MessageChannel,
    exports: {},
    module: { exports: {} },
    require: (name: string) => {
      required.push(name);
      return { ipcRenderer };
    },
  });
  if (required.join() !== 'electron') throw new Error(`A sandboxed preload has electron only, it wants ${required}`);
  listener?.({ source: {}, origin: 'app://convcanvas', data: 'convcanvas:connect' });
  listener?.({ source: window, origin: 'https://elsewhere.example', data: 'convcanvas:connect' });
  if (answers.length > 0) throw new Error('The preload script answered a stranger.');
  listener?.({ source: window, origin: 'app://convcanvas', data: 'convcanvas:connect' });
  const [port] = answers;
  if (port === undefined) throw new Error('The preload script gave no port.');
  onTestFinished(() => port.close());
  return port;
}
