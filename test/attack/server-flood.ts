/** Floods a server on this machine with requests that end early: refused, cut off, reset, half read, never read. */
import { readdirSync } from 'node:fs';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Outcome } from './table.ts';

const HOST = '127.0.0.1';
/** Milliseconds after which a connection that hangs is cut off by the attacker. */
const PATIENCE = 300;
/** Connections at the same time. */
const AT_ONCE = 20;
/** Milliseconds that descriptors may take to be closed, and a request to be answered. */
const RECOVERY = 20_000;

export interface Target {
  /** The address of the page, token included. */
  readonly url: string;
  readonly pid: number;
  /** The path of a large download behind the token, where there is one. */
  readonly download?: string;
}

type Bytes = string | Buffer;
type Ending = (socket: Socket) => void;

/** What an attacker does with a connection once everything was written. */
const ENDINGS: { readonly [name: string]: Ending } = {
  'reset at once': (socket) => socket.resetAndDestroy(),
  'reset after the first answer': (socket) => socket.once('data', () => socket.resetAndDestroy()),
  'aborted after the first answer': (socket) => socket.once('data', () => socket.destroy()),
  'half closed': (socket) => socket.end(),
  'left open, never read': (socket) => socket.pause(),
};

function payloads({ url, download }: Target): { readonly [name: string]: Bytes } {
  const { host, pathname } = new URL(url);
  const lines = (...all: readonly string[]) => `${all.join('\r\n')}\r\n\r\n`;
  const upgrade = (path: string, ...more: readonly string[]) =>
    lines(`GET ${path} HTTP/1.1`, `Host: ${host}`, 'Connection: Upgrade', 'Upgrade: websocket', ...more);
  const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';
  const origin = `Origin: http://${host}`;
  const socket = `${pathname}socket`;
  const opened = upgrade(socket, origin, key, 'Sec-WebSocket-Version: 13');
  const frame = (...bytes: readonly number[]) => Buffer.concat([Buffer.from(opened), Buffer.from(bytes)]);
  const get = (path: string) => lines(`GET ${path} HTTP/1.1`, `Host: ${host}`);
  return {
    'nothing at all': '',
    'refused host': lines('GET / HTTP/1.1', 'Host: evil.example'),
    'refused origin': lines(`GET ${pathname} HTTP/1.1`, `Host: ${host}`, 'Origin: https://evil.example'),
    'wrong token': get('/wrong/'),
    'wrong method': lines(`POST ${pathname} HTTP/1.1`, `Host: ${host}`, 'Content-Length: 99999999'),
    CONNECT: lines('CONNECT example.com:443 HTTP/1.1', `Host: ${host}`),
    'OPTIONS *': lines('OPTIONS * HTTP/1.1', `Host: ${host}`),
    'missing file': get(`${pathname}nothing.js`),
    'path with escapes': get(`${pathname}%00%ff..%2f..%2fetc/passwd`),
    'HEAD of the page': lines(`HEAD ${pathname} HTTP/1.1`, `Host: ${host}`),
    'upgrade without an origin': upgrade(socket, key, 'Sec-WebSocket-Version: 13'),
    'upgrade with a wrong token': upgrade('/wrong/socket', origin, key, 'Sec-WebSocket-Version: 13'),
    'upgrade of another path': upgrade(`${pathname}other`, origin, key, 'Sec-WebSocket-Version: 13'),
    'upgrade to another protocol': lines(
      `GET ${socket} HTTP/1.1`,
      `Host: ${host}`,
      'Connection: Upgrade',
      'Upgrade: h2c',
      origin,
    ),
    'upgrade with a bad version': upgrade(socket, origin, key, 'Sec-WebSocket-Version: 1'),
    'upgrade with a bad key': upgrade(socket, origin, 'Sec-WebSocket-Key: x', 'Sec-WebSocket-Version: 13'),
    'upgrade accepted': opened,
    'frame: oversized': frame(0x82, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 1, 2, 3, 4),
    'frame: not masked': frame(0x82, 0x01, 0x00),
    'frame: reserved bits': frame(0xf2, 0x81, 1, 2, 3, 4, 5),
    'frame: text': frame(0x81, 0x81, 0, 0, 0, 0, 0x61),
    'frame: bad MessagePack': frame(0x82, 0x85, 0, 0, 0, 0, 0xdd, 0xff, 0xff, 0xff, 0xff),
    'frame: no call': frame(0x82, 0x81, 0, 0, 0, 0, 0xc0),
    'frame: half of one': frame(0x82, 0x85, 0, 0, 0, 0, 0xc0),
    'frame: a bad close': frame(0x88, 0x81, 0, 0, 0, 0, 0x03),
    'half a request line': 'GET /',
    'half the headers': `GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\nX: `,
    'half a body': lines('GET / HTTP/1.1', `Host: ${host}`, 'Content-Length: 1000000'),
    'bad chunks': `${lines(`GET ${pathname} HTTP/1.1`, `Host: ${host}`, 'Transfer-Encoding: chunked')}zzz\r\n`,
    'two lengths': lines('GET / HTTP/1.1', `Host: ${host}`, 'Content-Length: 3', 'Transfer-Encoding: chunked'),
    'headers without end': `GET / HTTP/1.1\r\n${'X: y\r\n'.repeat(30_000)}`,
    'a huge path': get(`/${'x'.repeat(1_000_000)}`),
    'many requests at once': get(pathname).repeat(200),
    'many refused requests at once': get('/wrong/').repeat(200),
    Expect: lines(`GET ${pathname} HTTP/1.1`, `Host: ${host}`, 'Expect: 100-continue'),
    garbage: Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 7919) % 256)),
    TLS: Buffer.from('16030100c8010000c40303', 'hex'),
    ...(download !== undefined && {
      download: get(`${pathname}${download}`),
      'HEAD of a download': lines(`HEAD ${pathname}${download} HTTP/1.1`, `Host: ${host}`),
      'many downloads at once': get(`${pathname}${download}`).repeat(20),
    }),
  };
}

/** One connection: writes, does what the ending says, and is gone at the latest after a while. Never rejects. */
function strike(port: number, bytes: Bytes, end: Ending): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({ host: HOST, port, noDelay: true });
    const giveUp = setTimeout(() => socket.destroy(), PATIENCE);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(giveUp);
      resolve();
    });
    socket.on('connect', () => {
      if (bytes.length === 0) end(socket);
      else socket.write(bytes, () => end(socket));
    });
  });
}

/** Whether the server gives its page. */
export function answers({ url }: Target): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request(url, { agent: false, timeout: RECOVERY }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode === 200));
      response.on('error', () => resolve(false));
    });
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => resolve(false));
    asked.end();
  });
}

/** Descriptors that a process has open; undefined where the system does not say. */
export function descriptors(pid: number): number | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return undefined;
  }
}

/** Waits until a process has no more descriptors open than before; answers those that are left over. */
async function leftOver(pid: number, before: number | undefined): Promise<number> {
  const deadline = Date.now() + RECOVERY;
  for (;;) {
    const left = (descriptors(pid) ?? 0) - (before ?? 0);
    if (left <= 0 || Date.now() > deadline) return Math.max(0, left);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/**
 * Strikes a server with every kind of request and ending.
 *
 * @param tries connections of each kind with each ending
 */
export async function flood(target: Target, tries: number): Promise<readonly Outcome[]> {
  const port = Number(new URL(target.url).port);
  const before = descriptors(target.pid);
  const outcomes: Outcome[] = [];
  let alive = await answers(target);
  for (const [name, bytes] of Object.entries(payloads(target))) {
    if (!alive) break;
    let survived = 0;
    for (const end of Object.values(ENDINGS)) {
      for (let done = 0; alive && done < tries; done += AT_ONCE) {
        const size = Math.min(AT_ONCE, tries - done);
        await Promise.all(Array.from({ length: size }, () => strike(port, bytes, end)));
        alive = await answers(target);
        if (alive) survived += size;
      }
    }
    const left = alive ? await leftOver(target.pid, before) : 0;
    const lost = alive ? (left === 0 ? '' : `${left} descriptors`) : 'the server ended';
    outcomes.push({ attack: name, tries: tries * Object.keys(ENDINGS).length, survived, lost });
  }
  return outcomes;
}

/**
 * Holds many connections open at once, each with half a request, while the page is asked for.
 *
 * @param count connections; far more than a server may hold
 */
export async function hold(target: Target, count: number): Promise<Outcome> {
  const port = Number(new URL(target.url).port);
  const before = descriptors(target.pid);
  const held: Socket[] = [];
  for (let i = 0; i < count; i++) {
    const socket = connect({ host: HOST, port });
    socket.on('error', () => undefined);
    await new Promise<void>((resolve) => {
      socket.once('close', () => resolve());
      socket.once('connect', () => socket.write('GET / HTTP/1.1\r\nX: ', () => resolve()));
    });
    held.push(socket);
  }
  const survived = await answers(target);
  const most = (descriptors(target.pid) ?? 0) - (before ?? 0);
  for (const socket of held) socket.destroy();
  const left = await leftOver(target.pid, before);
  const lost = survived ? (left === 0 ? '' : `${left} descriptors`) : 'the page';
  return {
    attack: `${count} held open (${most} of them held by the server)`,
    tries: 1,
    survived: Number(survived),
    lost,
  };
}
