import { mkdirSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import type { Transport } from '#contract/transport.ts';
import { Exports } from '#main/server/exports.ts';
import { startHttpServer } from '#main/server/http-server.ts';
import { newToken } from '#main/server/token.ts';
import { temporaryFolder } from '../../temporary.ts';

async function start() {
  const folder = temporaryFolder();
  const pageFolder = join(folder, 'page');
  mkdirSync(join(pageFolder, 'assets'), { recursive: true });
  writeFileSync(join(pageFolder, 'index.html'), '<!doctype html><title>page</title>');
  writeFileSync(join(pageFolder, 'assets', 'main.js'), 'export {};');
  writeFileSync(join(folder, 'secret'), 'secret');
  const exports = new Exports();
  const transports: Transport[] = [];
  const server = await startHttpServer({
    token: newToken(),
    port: 0,
    pageFolder,
    exports,
    connect: (one) => transports.push(one),
  });
  onTestFinished(async () => {
    await server.close();
    await exports.close();
  });
  return { server, exports, transports, path: new URL(server.url).pathname };
}

/** A request with headers and a path that fetch would not let through. */
function ask(port: number, path: string, headers: Record<string, string> = {}, method = 'GET') {
  return new Promise<{ status: number; headers: IncomingMessage['headers']; body: string }>((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method, headers: { Host: `127.0.0.1:${port}`, ...headers } });
    sent.on('error', reject);
    sent.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString(),
        }),
      );
    });
    sent.end();
  });
}

/** Whether a WebSocket may be opened with this path and origin. */
function opens(url: string, origin: string | undefined): Promise<boolean> {
  const socket = new WebSocket(url, origin === undefined ? {} : { origin });
  return new Promise((resolve) => {
    socket.on('open', () => {
      socket.close();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

describe('the server', () => {
  it('gives the page, with a strict policy, to whoever has the token', async () => {
    const { server, path } = await start();
    const page = await ask(server.port, path);
    expect(page).toMatchObject({ status: 200, body: '<!doctype html><title>page</title>' });
    expect(page.headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'");
    expect(page.headers['content-security-policy']).not.toContain('unsafe');
    expect(page.headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' });
    const script = await ask(server.port, `${path}assets/main.js`);
    expect(script.headers['content-type']).toContain('text/javascript');
  });

  it('listens on this machine only', async () => {
    const { server } = await start();
    expect(new URL(server.url).hostname).toBe('127.0.0.1');
  });

  it('gives nothing without the token, not even a hint at it', async () => {
    const { server, path } = await start();
    const token = path.split('/')[1]!;
    expect(token.length).toBeGreaterThanOrEqual(32);
    for (const wrong of ['/', '/index.html', '/assets/main.js', `/${token.slice(1)}/`, `/${token}x/`, `/x/${token}/`]) {
      const answer = await ask(server.port, wrong);
      expect(answer.status, wrong).toBe(403);
      expect(answer.body).not.toContain(token);
    }
  });

  it('leads an address without its last slash to the page, which names its files from there', async () => {
    const { server, path } = await start();
    for (const way of [path.slice(0, -1), `${path.slice(0, -1)}?x`]) {
      const answer = await ask(server.port, way);
      expect(answer).toMatchObject({ status: 308, body: '' });
      expect(answer.headers.location).toBe(path);
    }
    expect((await fetch(server.url.slice(0, -1))).url).toBe(server.url);
    expect((await ask(server.port, '/wrong')).status).toBe(403);
  });

  it('refuses another Host: a name that was made to point here', async () => {
    const { server, path } = await start();
    for (const host of ['evil.example', `evil.example:${server.port}`, `127.0.0.1:${server.port + 1}`]) {
      expect((await ask(server.port, path, { Host: host })).status, host).not.toBe(200);
    }
    expect((await ask(server.port, path, { Host: `localhost:${server.port}` })).status).toBe(200);
  });

  it('refuses another Origin', async () => {
    const { server, path } = await start();
    expect((await ask(server.port, path, { Origin: 'https://evil.example' })).status).toBe(403);
    expect((await ask(server.port, path, { Origin: 'null' })).status).toBe(403);
    expect((await ask(server.port, path, { Origin: `http://127.0.0.1:${server.port}` })).status).toBe(200);
  });

  it('answers GET and HEAD only', async () => {
    const { server, path } = await start();
    expect((await ask(server.port, path, {}, 'POST')).status).toBe(405);
    expect(await ask(server.port, path, {}, 'HEAD')).toMatchObject({ status: 200, body: '' });
  });

  it('lets no path lead out of the page', async () => {
    const { server, path } = await start();
    for (const way of ['../secret', '..%2fsecret', 'assets/../../secret', '%2e%2e/secret', '//secret', 'nothing']) {
      const answer = await ask(server.port, `${path}${way}`);
      expect(answer.status, way).toBeGreaterThanOrEqual(400);
      expect(answer.body).not.toBe('secret');
    }
  });

  it('opens its socket to its own page only', async () => {
    const { server, transports } = await start();
    const socket = `${server.url.replace('http', 'ws')}socket`;
    const origin = `http://127.0.0.1:${server.port}`;
    expect(await opens(socket, origin)).toBe(true);
    expect(transports).toHaveLength(1);
    expect(await opens(socket, undefined)).toBe(false);
    expect(await opens(socket, 'https://evil.example')).toBe(false);
    expect(await opens(`ws://127.0.0.1:${server.port}/socket`, origin)).toBe(false);
    expect(await opens(`${server.url.replace('http', 'ws')}other`, origin)).toBe(false);
    expect(transports).toHaveLength(1);
  });

  it('closes a socket that sends something else than messages', async () => {
    const { server } = await start();
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}socket`, {
      origin: `http://127.0.0.1:${server.port}`,
    });
    await new Promise((resolve) => socket.on('open', resolve));
    const closed = new Promise<number>((resolve) => socket.on('close', resolve));
    socket.send('a text');
    expect(await closed).toBe(1003);
  });

  it('lets go of a page that reads nothing any more', async () => {
    const { server, transports } = await start();
    const page = new WebSocket(`${server.url.replace('http', 'ws')}socket`, { origin: new URL(server.url).origin });
    await new Promise((resolve) => page.on('open', resolve));
    page.pause();
    onTestFinished(() => page.terminate());
    const [transport] = transports;
    const closed = new Promise((resolve) => transport!.onClose(resolve));
    const payload = new Uint8Array(2 ** 20);
    for (let i = 0; i < 200; i++) transport!.send({ type: 'event', name: 'run.steps', payload });
    expect(await closed).toBe('The page was closed.');
  });

  it('connects a bounded number of pages', async () => {
    const { server, transports } = await start();
    const pages = Array.from({ length: 70 }, () => {
      const page = new WebSocket(`${server.url.replace('http', 'ws')}socket`, { origin: new URL(server.url).origin });
      onTestFinished(() => page.terminate());
      return new Promise<boolean>((resolve) => {
        page.on('open', () => resolve(true));
        page.on('error', () => resolve(false));
      });
    });
    expect((await Promise.all(pages)).filter(Boolean)).toHaveLength(64);
    expect(transports).toHaveLength(64);
  });

  it('hands out exported files under their names', async () => {
    const { server, exports, path } = await start();
    const { path: file, download } = await exports.create('Mein Netz ü.onnx');
    writeFileSync(file, 'model');
    const answer = await ask(server.port, `${path}${download}`);
    expect(answer).toMatchObject({ status: 200, body: 'model' });
    expect(answer.headers['content-disposition']).toBe("attachment; filename*=UTF-8''Mein%20Netz%20%C3%BC.onnx");
    expect((await ask(server.port, `${path}exports/00000000-0000-0000-0000-000000000000/x`)).status).toBe(404);
  });

  it('says when its port is taken', async () => {
    const { server, exports } = await start();
    const second = startHttpServer({
      token: 'x',
      port: server.port,
      pageFolder: '.',
      exports,
      connect: () => undefined,
    });
    await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
