/** The built main and preload bundles, run against a stand-in for Electron. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatDesign } from '#core/project/design-file.ts';
import { findTemplate } from '#core/templates/index.ts';
import { temporaryFolder } from '../../temporary.ts';
import { startServer } from '../app.ts';
import { PAGE, type Shell, startShell } from './run-shell.ts';

const design = findTemplate('lenet5')!.create();
const designText = formatDesign(design);

const fetchPage = ({ electron }: Shell, url: string) => electron.protocolHandlers.get('app')!(new Request(url));

describe('the window', () => {
  it('is isolated, sandboxed and without Node; it shows when it has something to show', async () => {
    const { electron, folder } = await startShell();
    expect(electron.windows).toHaveLength(1);
    const [window] = electron.windows;
    expect(window!.options.webPreferences).toEqual({
      preload: join(folder, 'out', 'preload', 'index.cjs'),
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
    });
    expect(existsSync(window!.options.webPreferences!.preload!)).toBe(true);
    expect(window!.options.show).toBe(false);
    expect(window!.loaded).toEqual([PAGE]);
    expect(window!.shown).toBe(true);
    expect(electron.log).toEqual(['schemes', 'ready', 'window']);
  });

  it('goes nowhere else and opens no other', async () => {
    const [window] = (await startShell()).electron.windows;
    const { webContents } = window!;
    for (const url of ['https://example.com/', 'file:///etc/passwd', 'app://elsewhere/', 'javascript:alert(1)', 'x']) {
      expect(webContents.allows('will-navigate', url), url).toBe(false);
      expect(webContents.openWindow({ url })).toEqual({ action: 'deny' });
    }
    expect(webContents.allows('will-navigate', PAGE)).toBe(true);
    expect(webContents.openWindow({ url: PAGE })).toEqual({ action: 'deny' });
    expect(webContents.allows('will-attach-webview', PAGE)).toBe(false);
  });

  it('is the only one: a second start shows the first and ends', async () => {
    const second = await startShell({ isFirst: false });
    expect(second.electron.log).toEqual(['quit']);
    expect(second.electron.windows).toEqual([]);
    const first = await startShell();
    first.electron.app.emit('second-instance', {}, ['electron', '.'], '/');
    expect(first.electron.windows[0]!.focused).toBe(1);
  });
});

describe('the home', () => {
  const withHome = async <T>(home: string, work: () => Promise<T>): Promise<T> => {
    process.env['CONVCANVAS_HOME'] = home;
    try {
      return await work();
    } finally {
      delete process.env['CONVCANVAS_HOME'];
    }
  };

  it('that a server has is left to it: the app says where that is, and ends', async () => {
    const server = await startServer();
    const { electron } = await withHome(server.home, () => startShell());
    expect(electron.errors).toEqual([
      [
        'ConvCanvas already runs',
        `It runs at ${server.url}, and both would write the same files. Go on there, or end it first.`,
      ],
    ]);
    expect(electron.windows).toEqual([]);
    expect(electron.log.at(-1)).toBe('quit');
    expect((await fetch(server.url)).status).toBe(200);
  });

  it('is free again when the app has ended', async () => {
    const home = temporaryFolder();
    const { electron } = await withHome(home, () => startShell());
    expect(existsSync(join(home, 'state', 'running.lock'))).toBe(true);
    electron.app.emit('window-all-closed');
    for (let i = 0; i < 500 && electron.log.at(-1) !== 'quit'; i++) await new Promise((r) => setTimeout(r, 10));
    expect(existsSync(join(home, 'state', 'running.lock'))).toBe(false);
    expect((await startServer(home)).url).toContain('http://127.0.0.1');
  });
});

describe('permissions', () => {
  it('are all refused', async () => {
    const { permissions } = (await startShell()).electron;
    for (const permission of ['media', 'geolocation', 'notifications', 'clipboard-read', 'fullscreen', 'usb']) {
      const granted = await new Promise((decide) => permissions.request!({}, permission, decide));
      expect(granted, permission).toBe(false);
    }
    expect(permissions.check!()).toBe(false);
    expect(permissions.device!()).toBe(false);
  });

  it('nothing is asked of the network', async () => {
    const { permissions } = (await startShell()).electron;
    const cancels = (url: string) =>
      new Promise((resolve) => permissions.beforeRequest!({ url }, ({ cancel }) => resolve(cancel)));
    for (const url of ['https://example.com/x.js', 'http://127.0.0.1/', 'ws://localhost/', 'file:///etc/passwd'])
      expect(await cancels(url), url).toBe(true);
    for (const url of [PAGE, 'blob:app://convcanvas/1', 'data:image/png;base64,'])
      expect(await cancels(url)).toBe(false);
  });
});

describe('the protocol', () => {
  it('serves the page with its policy, and every file the page names', async () => {
    const shell = await startShell();
    expect(shell.electron.schemes).toEqual([
      { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } },
    ]);
    const page = await fetchPage(shell, PAGE);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const policy = page.headers.get('content-security-policy')!.split('; ');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy.join()).not.toMatch(/unsafe|\*|https?:/);
    const html = await page.text();
    const files = [...html.matchAll(/(?:src|href)="\.\/([^"]+)"/g)].map((match) => match[1]!);
    expect(files.some((file) => file.endsWith('.js'))).toBe(true);
    expect(files.some((file) => file.endsWith('.css'))).toBe(true);
    for (const file of files) expect((await fetchPage(shell, `app://convcanvas/${file}`)).status, file).toBe(200);
  });

  it.each([
    'app://elsewhere/index.html',
    'app://convcanvas/../main/index.js',
    'app://convcanvas/..%2f..%2fpackage.json',
    'app://convcanvas/%2e%2e/%2e%2e/package.json',
    'app://convcanvas//etc/passwd',
    'app://convcanvas/%E0%A4%A',
    'app://convcanvas/nothing.js',
  ])('has nothing at %s', async (url) => {
    const response = await fetchPage(await startShell(), url);
    expect(response.status).toBe(404);
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
  });
});

describe('the bridge', () => {
  it.each([
    ['another origin', { url: 'https://example.com/', parent: null }],
    ['a look-alike', { url: 'app://convcanvas.example/index.html', parent: null }],
    ['a frame within the page', { url: PAGE, parent: {} }],
    ['a frame that is gone', null],
  ])('gives no connection to %s', async (_, frame) => {
    const { mainPort } = (await startShell()).connectFrom(frame);
    expect(mainPort.closed).toBe(true);
  });

  it('carries calls and answers, and refuses what does not fit', async () => {
    const shell = await startShell();
    const page = shell.openPage();
    const described = await page.call('app.describe', {});
    expect(described).toMatchObject({
      shell: 'electron',
      designsFolder: join(shell.folder, 'documents', 'ConvCanvas'),
    });
    const opened = await page.call('designs.create', { text: designText });
    expect(readFileSync(opened.path, 'utf8')).toBe(designText);
    expect(await page.call('designs.recent', {})).toMatchObject([{ id: opened.id, name: 'LeNet-5' }]);
    await expect(page.call('designs.open', { id: '../../etc/passwd' })).rejects.toThrow('not on the list');
    await expect(page.call('designs.save', { id: 5 } as never)).rejects.toMatchObject({ code: 'bad-input' });
    await expect(page.call('no.such.call' as never, {} as never)).rejects.toMatchObject({ code: 'bad-input' });
  });

  it('saves what a page asks for as its window closes, before the app ends', async () => {
    const shell = await startShell();
    const page = shell.openPage();
    const { id, path, revision } = await page.call('designs.create', { text: designText });
    const text = formatDesign({ ...design, name: 'Changed at last' });
    void page.call('designs.save', { id, text, revision }).catch(() => undefined);
    page.close();
    shell.electron.app.emit('window-all-closed');
    expect(shell.electron.log.at(-1)).toBe('waits to quit');
    for (let i = 0; i < 200 && shell.electron.log.at(-1) !== 'quit'; i++) await new Promise((r) => setTimeout(r, 10));
    expect(shell.electron.log.at(-1)).toBe('quit');
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it("opens files that the user picks in the system's dialog", async () => {
    const shell = await startShell();
    const page = shell.openPage();
    expect(await page.call('designs.pick', {})).toBeNull();
    const path = join(shell.folder, 'mine.convcanvas');
    writeFileSync(path, designText);
    shell.electron.answers.openPaths = [path];
    expect(await page.call('designs.pick', {})).toMatchObject({ path, text: designText });
    shell.electron.answers.openPaths = [shell.folder];
    expect(await page.call('data.add', {})).toMatchObject({ location: shell.folder });
  });

  it('tells the page what is chosen from the menu', async () => {
    const shell = await startShell();
    const page = shell.openPage();
    await page.call('app.describe', {});
    const commands: string[] = [];
    page.on('menu.command', ({ command }) => commands.push(command));
    const items = shell.electron.menu.flatMap(({ submenu }) => (Array.isArray(submenu) ? submenu : []));
    for (const { click } of items) (click as (() => void) | undefined)?.();
    await page.call('app.describe', {});
    expect(commands.sort()).toEqual(['about', 'export', 'fit', 'new', 'open', 'redo', 'undo']);
  });
});

describe('files from the desktop', () => {
  it('named on the command line, opened later, or given to a second start', async () => {
    const words = ['somewhere/first.convcanvas'];
    const shell = await startShell({ words });
    const page = shell.openPage();
    // It waits for the page, which says where it looked.
    await expect(page.call('designs.takeWaiting', {})).rejects.toThrow(join('somewhere', 'first.convcanvas'));
    expect(await page.call('designs.takeWaiting', {})).toBeNull();

    const folder = join(shell.folder, 'desk');
    mkdirSync(folder);
    const path = join(folder, 'second.convcanvas');
    writeFileSync(path, designText);
    const told = () => new Promise<void>((resolve) => page.on('designs.waiting', () => resolve()));
    let prevented = false;
    const first = told();
    const event = {
      preventDefault: () => {
        prevented = true;
      },
    };
    shell.electron.app.emit('open-file', event, path);
    await first;
    expect(prevented).toBe(true);
    expect(await page.call('designs.takeWaiting', {})).toMatchObject({ path });
    const second = told();
    shell.electron.app.emit('second-instance', {}, ['electron', '.', 'second.convcanvas'], folder);
    await second;
    expect(await page.call('designs.takeWaiting', {})).toMatchObject({ path });
  });
});

describe('several files at once', () => {
  it('all wait their turn, each once, those that cannot be opened as well', async () => {
    const desk = temporaryFolder();
    const path = (name: string) => join(desk, `${name}.convcanvas`);
    for (const name of ['a', 'b', 'd', 'e']) writeFileSync(path(name), designText);
    const shell = await startShell({ words: [path('a'), '--flag', path('b')] });
    const page = shell.openPage();
    const take = () => page.call('designs.takeWaiting', {});
    expect(await take()).toMatchObject({ path: path('a') });
    for (const name of ['c', 'd'])
      shell.electron.app.emit('open-file', { preventDefault: () => undefined }, path(name));
    shell.electron.app.emit('second-instance', {}, ['electron', '.', 'd.convcanvas', 'e.convcanvas'], desk);
    expect(await take()).toMatchObject({ path: path('b') });
    await expect(take()).rejects.toThrow('c.convcanvas');
    expect(await take()).toMatchObject({ path: path('d') });
    expect(await take()).toMatchObject({ path: path('e') });
    expect(await take()).toBeNull();
    expect((await page.call('designs.recent', {})).map((entry) => entry.path).sort()).toEqual(
      ['a', 'b', 'd', 'e'].map(path),
    );
  });
});

describe('a page in trouble', () => {
  const start = async () => {
    const { electron } = await startShell();
    const [window] = electron.windows;
    const box = () => electron.boxes[0];
    const pressed = async (label: string) => {
      box()!.press(label);
      await new Promise((resolve) => setImmediate(resolve));
    };
    return { electron, window: window!, contents: window!.webContents, box, pressed };
  };
  const gone = (reason: string) => [{}, { reason, exitCode: 1 }] as const;

  it('that has crashed is loaded again, if the user wants it', async () => {
    const { electron, window, contents, box, pressed } = await start();
    contents.emit('render-process-gone', ...gone('oom'));
    expect(electron.boxes).toHaveLength(1);
    expect(box()!.options).toMatchObject({
      message: 'The page of ConvCanvas has crashed.',
      buttons: ['Reload', 'Close the window'],
    });
    expect(box()!.options.detail).toMatch(/^It ran out of memory\. What was saved is safe: .*a training run goes on/);
    await pressed('Reload');
    expect(contents.done).toEqual(['reload']);
    expect(window.destroyed).toBe(false);
  });

  it('that has crashed is closed, if the user wants that, and the app ends with it', async () => {
    const { window, contents, pressed } = await start();
    contents.emit('render-process-gone', ...gone('crashed'));
    await pressed('Close the window');
    expect(window.destroyed).toBe(true);
    expect(contents.done).toEqual([]);
  });

  it('that ended as it should is no trouble', async () => {
    const { electron, contents } = await start();
    contents.emit('render-process-gone', ...gone('clean-exit'));
    expect(electron.boxes).toEqual([]);
  });

  it('that does not react is waited for; the question goes when it reacts', async () => {
    const { electron, window, contents, box, pressed } = await start();
    window.emit('unresponsive');
    expect(box()!.options).toMatchObject({
      message: 'ConvCanvas does not react.',
      buttons: ['Wait', 'Reload', 'Close the window'],
    });
    await pressed('Wait');
    window.emit('unresponsive');
    expect(electron.boxes).toHaveLength(1);
    window.emit('responsive');
    expect(electron.boxes).toHaveLength(0);
    await new Promise((resolve) => setImmediate(resolve));
    expect(contents.done).toEqual([]);
    expect(window.destroyed).toBe(false);
  });

  it('that does not react is ended and loaded again without another question', async () => {
    const { electron, window, contents, pressed } = await start();
    window.emit('unresponsive');
    await pressed('Reload');
    expect(contents.done).toEqual(['crash', 'reload']);
    expect(electron.boxes).toEqual([]);
    contents.emit('did-finish-load');
    contents.emit('render-process-gone', ...gone('crashed'));
    expect(electron.boxes).toHaveLength(1);
  });

  it('is asked about once at a time', async () => {
    const { electron, window, contents } = await start();
    window.emit('unresponsive');
    window.emit('unresponsive');
    contents.emit('render-process-gone', ...gone('killed'));
    expect(electron.boxes.map(({ options }) => options.message)).toEqual(['The page of ConvCanvas has crashed.']);
    window.destroy();
    expect(electron.boxes).toEqual([]);
  });
});

describe('the training process', () => {
  const small = formatDesign({ ...design, training: { ...design.training, epochs: 200 } });

  const request = { design: small, data: { id: 'digits', name: 'Built-in digits' }, device: 'cpu' } as const;

  it('is started as a utility process, trains, is killed, is reported, and is started anew', async () => {
    const shell = await startShell();
    const page = shell.openPage();
    const reaches = (wanted: string) =>
      new Promise<string>((resolve) =>
        page.on('runs.changed', ({ status, message }) => {
          if (status === wanted) resolve(message);
        }),
      );
    const losses: number[] = [];
    page.on('runs.steps', (metrics) => losses.push(...metrics.losses));
    const trained = new Promise<void>((resolve) => page.on('runs.steps', () => resolve()));
    const { run } = await page.call('runs.start', request);
    await page.call('runs.follow', { run });
    await trained;
    expect(losses[0]).toBeGreaterThan(1);
    const [child] = shell.electron.children;
    expect(child!.script).toBe(join(shell.folder, 'out', 'main', 'training.js'));
    expect(child!.options.serviceName).toBe('ConvCanvas training');
    // Without ONNX Runtime's telemetry, and with all else that the app was started with.
    expect(child!.options.env).toMatchObject({ PATH: process.env['PATH'], ORT_DISABLE_TELEMETRY: '1' });

    const failed = reaches('failed');
    child!.process.kill('SIGKILL');
    expect(await failed).toMatch(/^The training process ended unexpectedly .*press Train to start again\.$/);
    expect(await page.call('runs.list', {})).toMatchObject([{ id: run, status: 'failed' }]);

    const running = reaches('running');
    await page.call('runs.start', request);
    await running;
    expect(shell.electron.children).toHaveLength(2);

    // It ends with the app.
    page.close();
    shell.electron.app.emit('window-all-closed');
    await shell.electron.children[1]!.exited;
  });

  it('devices are tried in processes of their own, which are gone afterwards', async () => {
    const shell = await startShell();
    const devices = await shell.openPage().call('devices.list', {});
    expect(devices.map(({ id }) => id)).toEqual(['cpu', 'webgpu', 'dml', 'cuda', 'tensorflow']);
    // All but the last are trials: WebGPU's, and that of whatever else this machine may have.
    const trials = shell.electron.children.slice(0, -1);
    const training = shell.electron.children.at(-1);
    for (const trial of trials) await trial.exited;
    expect(training!.process.exitCode).toBeNull();
    expect(trials.map(({ options }) => options.stdio)).toEqual(trials.map(() => 'ignore'));
    expect(training!.options.stdio).toBe('inherit');
  });
});
