/** One home has one server, whose address stays the same and is known to its user only. */
import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openClient } from '../page-client.ts';
import { temporaryFolder } from '../temporary.ts';
import { openPage, startServer, withBrowser } from './app.ts';
import { button, choose, shows } from './page.ts';
import { built } from './paths.ts';

withBrowser();

const onWindows = process.platform === 'win32';

interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

/** Starts a server that may well end at once; resolves when it has, or has printed an address of its own. */
function tryServer(home: string, args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [built('main/server.js'), ...args], {
    env: { ...process.env, CONVCANVAS_HOME: home, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let [output, errors] = ['', ''];
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk;
  });
  return new Promise<Ended & { readonly child: ChildProcess }>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk;
      if (output.includes('Press Ctrl-C')) resolve({ child, code: null, output, errors });
    });
    child.on('close', (code) => resolve({ child, code, output, errors }));
  });
}

const portOf = (url: string) => Number(new URL(url).port);

describe('a second server', () => {
  it('says where the first one is, and ends', async () => {
    const { home, url, process: first } = await startServer();
    expect(await tryServer(home)).toMatchObject({
      code: 0,
      output: `ConvCanvas already runs (process ${first.pid}), at ${url}\n`,
    });
    expect(await tryServer(home, ['--port', '0'])).toMatchObject({ code: 0 });
    expect(await tryServer(home, ['--port', String(portOf(url))])).toMatchObject({ code: 0 });
    expect((await fetch(url)).status).toBe(200);
  });

  it('that is asked for another port says that one home has one server', async () => {
    const { home, url } = await startServer();
    const { code, errors } = await tryServer(home, ['--port', String(portOf(url) === 5999 ? 6000 : 5999)]);
    expect(code).toBe(1);
    expect(errors).toContain(`, at ${url}. One home has one server: end that one to start it at port`);
    expect(errors).toContain('CONVCANVAS_HOME');
  });

  it('may have a home of its own', async () => {
    const [one, other] = [await startServer(), await startServer()];
    expect(other.url).not.toBe(one.url);
  });

  it('of many that start at the same moment is one, and the others say where it is', async () => {
    const home = temporaryFolder();
    const tries = await Promise.all(Array.from({ length: 8 }, () => tryServer(home, ['--port', '0'])));
    const [winner, ...more] = tries.filter(({ code }) => code === null);
    expect(more).toEqual([]);
    const url = /http:\S+/.exec(winner!.output)?.[0] ?? '';
    for (const { code, output } of tries.filter((one) => one !== winner)) {
      expect({ code, output }).toEqual({
        code: 0,
        output: `ConvCanvas already runs (process ${winner!.child.pid}), at ${url}\n`,
      });
    }
  });

  it('starts where the first was killed, at its address', async () => {
    const first = await startServer();
    first.process.kill('SIGKILL');
    await new Promise((resolve) => first.process.once('close', resolve));
    const second = await startServer(first.home, portOf(first.url));
    expect(second.url).toBe(first.url);
    expect((await fetch(second.url)).status).toBe(200);
  });
});

describe.skipIf(onWindows)('the address', () => {
  it('is the same after a restart, and tried first without being asked for', async () => {
    const first = await startServer();
    await first.stop();
    const { output } = await tryServer(first.home);
    expect(output).toContain(`ConvCanvas is at ${first.url}\n`);
  });

  it('is kept where only its user can read it', async () => {
    const { home, url } = await startServer();
    const state = join(home, 'state');
    const token = new URL(url).pathname.split('/')[1]!;
    for (const name of readdirSync(state)) {
      const path = join(state, name);
      if (statSync(path).isFile() && readFileSync(path, 'utf8').includes(token)) {
        expect(statSync(path).mode & 0o777, name).toBe(0o600);
      }
    }
    expect(readFileSync(join(state, 'server-token'), 'utf8')).toBe(`${token}\n`);
  });

  it.each([
    ['others could read', (path: string) => chmodSync(path, 0o644), 'may be read by others'],
    [
      'is a link',
      (path: string) => {
        const text = readFileSync(path);
        writeFileSync(`${path}.other`, text, { mode: 0o600 });
        rmSync(path);
        symlinkSync(`${path}.other`, path);
      },
      'is no plain file',
    ],
    ['is damaged', (path: string) => writeFileSync(path, 'short'), undefined],
    ['was deleted', (path: string) => rmSync(path), undefined],
  ])('is a new one where the file that kept it %s', async (_, change, warning) => {
    const first = await startServer();
    await first.stop();
    change(join(first.home, 'state', 'server-token'));
    const { output, errors } = await tryServer(first.home);
    const url = /http:\S+/.exec(output)?.[0] ?? '';
    expect(portOf(url)).toBe(portOf(first.url));
    expect(url).not.toBe(first.url);
    if (warning === undefined) expect(errors).toBe('');
    else expect(errors).toContain(`${warning}. A new address was made`);
    expect(statSync(join(first.home, 'state', 'server-token')).mode & 0o777).toBe(0o600);
    expect((await fetch(first.url)).status).toBe(403);
  });

  it('is in no command line: the browser opens a private file that leads to it', async () => {
    const [home, tools] = [temporaryFolder(), temporaryFolder()];
    const log = join(tools, 'log');
    for (const name of ['xdg-open', 'open']) {
      writeFileSync(join(tools, name), `#!/bin/sh\necho "$@" >> "${log}"\n`, { mode: 0o755 });
    }
    const env = { PATH: `${tools}:${process.env['PATH']}` };
    const { child, output } = await tryServer(home, ['--port', '0', '--open'], env);
    const url = /http:\S+/.exec(output)?.[0] ?? '';
    const token = new URL(url).pathname.split('/')[1]!;
    const opened = async (count: number) => {
      for (let i = 0; i < 500; i++) {
        const lines = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [];
        if (lines.length === count) return lines.at(-1)!;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return expect.fail('No browser was asked.');
    };
    const line = await opened(1);
    expect(line).not.toContain(token);
    const path = fileURLToPath(line);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, 'utf8')).toContain(`<meta http-equiv="refresh" content="0; url=${url}">`);
    // A second start opens the first's page.
    expect(await tryServer(home, ['--open'], env)).toMatchObject({ code: 0 });
    expect(await opened(2)).toBe(line);
    if (process.platform === 'linux') {
      const args =
        readFileSync(`/proc/${child.pid}/cmdline`, 'utf8') + readFileSync(`/proc/${child.pid}/environ`, 'utf8');
      expect(args).not.toContain(token);
    }
    const { page } = await openPage(line.startsWith('file:') ? url : line);
    expect(new URL(page.url()).pathname).toContain(token);
    child.kill('SIGTERM');
    await new Promise((resolve) => child.once('close', resolve));
    expect(existsSync(path)).toBe(false);
  });
});

describe('a page whose server has ended', () => {
  it('looks for it, stays as it is, and goes on when it is there again', async () => {
    const first = await startServer();
    const { page } = await openPage(first.url, { expected: /Failed to load resource/ });
    await choose(page, /^LeNet-5/);
    first.process.kill('SIGKILL');
    const dialog = page.getByRole('alertdialog', { name: 'The connection is gone' });
    await shows(dialog, 'Start ConvCanvas again (npm start, or convcanvas serve): this page then goes on by itself.');
    await shows(dialog, /Looking again in \d+ s\./);
    await button(page, 'Look now').click();
    await shows(dialog, /Looking again in \d+ s\./);
    expect(page.url()).toBe(first.url);
    await startServer(first.home, portOf(first.url));
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('heading', { name: 'ConvCanvas' }).first().waitFor();
    expect(page.url()).toBe(first.url);
    expect(await (await openClient(first.url)).call('app.describe', {})).toMatchObject({ shell: 'browser' });
  });

  it('says what to do where a server with another address is in its place', async () => {
    const first = await startServer();
    const { page } = await openPage(first.url, { expected: /Failed to load resource/ });
    await page.getByRole('heading', { name: 'ConvCanvas' }).first().waitFor();
    await first.stop();
    const other = createServer((_, response) => response.writeHead(403).end('no'));
    await new Promise<void>((resolve) => other.listen(portOf(first.url), '127.0.0.1', resolve));
    onTestFinished(() => {
      other.closeAllConnections();
      other.close();
    });
    expect((other.address() as AddressInfo).port).toBe(portOf(first.url));
    await shows(
      page.getByRole('alertdialog'),
      'What runs at this address now does not know this page: open the address that ConvCanvas printed',
    );
    expect(page.url()).toBe(first.url);
  });

  it('is looked for as well where it ended while the page was loaded', async () => {
    const server = await startServer();
    const { page } = await openPage(server.url);
    await page.addInitScript(() => {
      if (sessionStorage.getItem('failed') !== null) return;
      sessionStorage.setItem('failed', 'once');
      const failing = class extends EventTarget {
        constructor() {
          super();
          setTimeout(() => this.dispatchEvent(new Event('error')));
        }
      };
      Object.assign(window, { WebSocket: failing });
    });
    await page.reload();
    const dialog = page.getByRole('alertdialog', { name: 'ConvCanvas cannot be reached' });
    await shows(dialog, 'The server did not answer.');
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('heading', { name: 'ConvCanvas', exact: true }).waitFor();
  });
});

describe('the home', () => {
  it('of a window is not taken by a server', async () => {
    const { Home } = await import('#main/host/home.ts');
    const home = temporaryFolder();
    mkdirSync(join(home, 'state'));
    const own = await Home.take(join(home, 'state'));
    if (!(own instanceof Home)) return expect.fail('It is free.');
    await own.settle(null);
    const { code, errors } = await tryServer(home);
    expect(code).toBe(1);
    expect(errors).toContain(
      `(process ${process.pid}) with the files in ${join(home, 'state')}, in a window of its own`,
    );
    await own.leave();
  });
});
