/**
 * A stand-in for the module `electron`, as far as the shell uses it: it records what it is told, and its events are set
 * off by the tests. Names come from Electron's own types, so that nothing stands here that Electron does not have.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import type { MessagePort } from 'node:worker_threads';
import type * as Electron from 'electron';

type Members<T> = Partial<Record<keyof T, unknown>>;
type Details = { readonly url: string };

/** What the tests look at afterwards. */
export class StandIn {
  readonly folder: string;
  readonly log: string[] = [];
  readonly windows: BrowserWindow[] = [];
  readonly schemes: Electron.CustomScheme[] = [];
  readonly protocolHandlers = new Map<string, (request: Request) => Promise<Response>>();
  readonly permissions: {
    request?: (contents: unknown, permission: string, decide: (granted: boolean) => void) => void;
    check?: () => boolean;
    device?: () => boolean;
    beforeRequest?: (details: Details, decide: (answer: { cancel: boolean }) => void) => void;
  } = {};
  readonly children: UtilityProcess[] = [];
  /** What dialogs answer. */
  answers: { openPaths: string[]; savePath: string } = { openPaths: [], savePath: '' };
  /** Message boxes that are open. */
  readonly boxes: {
    readonly window: BrowserWindow;
    readonly options: Electron.MessageBoxOptions;
    /** Presses the button of this name. */
    press(label: string): void;
  }[] = [];
  /** Titles and contents of error boxes. */
  readonly errors: (readonly [title: string, content: string])[] = [];
  menu: readonly Electron.MenuItemConstructorOptions[] = [];
  isFirst = true;
  readonly ipcMain = new EventEmitter();
  readonly app: EventEmitter;

  constructor(folder: string) {
    this.folder = folder;
    this.app = Object.assign(new EventEmitter(), {
      requestSingleInstanceLock: () => this.isFirst,
      whenReady: async () => void this.log.push('ready'),
      quit: () => {
        let goes = true;
        this.app.emit('will-quit', {
          preventDefault: () => {
            goes = false;
          },
        });
        this.log.push(goes ? 'quit' : 'waits to quit');
      },
      getPath: (name: string) => join(folder, name),
      getAppPath: () => folder,
    } satisfies Members<Electron.App>);
  }

  /** Shows a message box until a test answers, or the app takes it back. */
  #ask(window: BrowserWindow, options: Electron.MessageBoxOptions): Promise<Electron.MessageBoxReturnValue> {
    return new Promise((resolve) => {
      const answer = (response: number) => {
        this.boxes.splice(this.boxes.indexOf(box), 1);
        resolve({ response, checkboxChecked: false });
      };
      const box = { window, options, press: (label: string) => answer((options.buttons ?? []).indexOf(label)) };
      options.signal?.addEventListener('abort', () => answer(options.cancelId ?? 0));
      this.boxes.push(box);
    });
  }

  /** The exports of the module. */
  module(): Members<typeof Electron> {
    const standIn = this;
    return {
      app: this.app,
      ipcMain: this.ipcMain,
      BrowserWindow: class extends BrowserWindow {
        constructor(options: Electron.BrowserWindowConstructorOptions) {
          super(options);
          standIn.windows.push(this);
          standIn.log.push('window');
          standIn.app.emit('web-contents-created', {}, this.webContents);
        }
        static getAllWindows = () => standIn.windows;
        static getFocusedWindow = () => standIn.windows[0] ?? null;
      },
      dialog: {
        showOpenDialog: async () => ({ filePaths: this.answers.openPaths }),
        showSaveDialog: async () => ({ filePath: this.answers.savePath }),
        showMessageBox: (window: BrowserWindow, options: Electron.MessageBoxOptions) => this.#ask(window, options),
        showErrorBox: (title: string, content: string) => void this.errors.push([title, content]),
      } satisfies Members<Electron.Dialog>,
      Menu: {
        buildFromTemplate: (template: Electron.MenuItemConstructorOptions[]) => template,
        setApplicationMenu: (menu: Electron.MenuItemConstructorOptions[]) => {
          this.menu = menu;
        },
      } satisfies Members<typeof Electron.Menu>,
      nativeTheme: { shouldUseDarkColors: false } satisfies Members<Electron.NativeTheme>,
      protocol: {
        registerSchemesAsPrivileged: (schemes: Electron.CustomScheme[]) => {
          this.log.push('schemes');
          this.schemes.push(...schemes);
        },
        handle: (scheme: string, handler: (request: Request) => Promise<Response>) =>
          void this.protocolHandlers.set(scheme, handler),
      } satisfies Members<Electron.Protocol>,
      session: {
        defaultSession: {
          setPermissionRequestHandler: (handler: NonNullable<typeof this.permissions.request>) => {
            this.permissions.request = handler;
          },
          setPermissionCheckHandler: (handler: () => boolean) => {
            this.permissions.check = handler;
          },
          setDevicePermissionHandler: (handler: () => boolean) => {
            this.permissions.device = handler;
          },
          webRequest: {
            onBeforeRequest: (handler: NonNullable<typeof this.permissions.beforeRequest>) => {
              this.permissions.beforeRequest = handler;
            },
          },
        } satisfies Members<Electron.Session>,
      },
      utilityProcess: {
        fork: (script: string, args: string[], options: Electron.ForkOptions) => {
          const child = new UtilityProcess(script, args, options);
          this.children.push(child);
          return child;
        },
      } satisfies Members<typeof Electron.utilityProcess>,
    };
  }
}

export class BrowserWindow extends EventEmitter {
  readonly options: Electron.BrowserWindowConstructorOptions;
  readonly webContents = new WebContents();
  readonly loaded: string[] = [];
  shown = false;
  destroyed = false;
  focused = 0;

  constructor(options: Electron.BrowserWindowConstructorOptions) {
    super();
    this.options = options;
  }

  async loadURL(url: string): Promise<void> {
    this.loaded.push(url);
    this.emit('ready-to-show');
  }

  show(): void {
    this.shown = true;
  }

  isMinimized = () => false;
  isDestroyed = () => this.destroyed;

  destroy(): void {
    this.destroyed = true;
    this.emit('closed');
  }

  focus(): void {
    this.focused += 1;
  }
}

class WebContents extends EventEmitter {
  /** What was done with the page. */
  readonly done: string[] = [];
  reload = () => void this.done.push('reload');
  forcefullyCrashRenderer = () => {
    this.done.push('crash');
    this.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 1 });
  };
  openWindow: (details: Details) => { action: string } = () => ({ action: 'allow' });

  setWindowOpenHandler(handler: (details: Details) => { action: string }): void {
    this.openWindow = handler;
  }

  /** Whether a navigation of this kind to this address would go on. */
  allows(event: 'will-navigate' | 'will-attach-webview', url: string): boolean {
    let allowed = true;
    this.emit(event, {
      url,
      preventDefault: () => {
        allowed = false;
      },
    });
    return allowed;
  }
}

/** A utility process, played by a forked Node process that has been given a parentPort. */
export class UtilityProcess extends EventEmitter {
  readonly script: string;
  readonly options: Electron.ForkOptions;
  readonly process: ChildProcess;
  readonly exited: Promise<unknown>;

  constructor(script: string, args: readonly string[], options: Electron.ForkOptions) {
    super();
    this.script = script;
    this.options = options;
    this.process = fork(script, args, {
      execArgv: ['--import', new URL('parent-port.mjs', import.meta.url).href],
      serialization: 'advanced',
      stdio: 'ignore',
    });
    this.exited = once(this.process, 'exit');
    this.process.on('message', (message) => this.emit('message', message));
    this.process.on('exit', (code) => this.emit('exit', code ?? 1));
  }

  postMessage(message: unknown): void {
    if (this.process.connected) this.process.send(message as object);
  }

  kill(): boolean {
    return this.process.kill();
  }
}

/** Electron's kind of port, over one of Node's. */
export class MessagePortMain extends EventEmitter {
  readonly #port: MessagePort;
  closed = false;

  constructor(port: MessagePort) {
    super();
    this.#port = port;
    port.on('close', () => this.emit('close'));
  }

  start(): void {
    this.#port.on('message', (data) => this.emit('message', { data, ports: [] }));
  }

  postMessage(message: unknown): void {
    this.#port.postMessage(message);
  }

  close(): void {
    this.closed = true;
    this.#port.close();
  }
}
