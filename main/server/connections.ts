import { createServer, type Server } from 'node:http';
import type { Socket } from 'node:net';

/** Sockets that have not shown the token yet; beyond these the oldest is closed, so that nobody can keep the page out. */
const MAX_UNRECOGNIZED = 64;
/** All sockets together: a browser needs about ten for a page. */
const MAX_SOCKETS = 512;

/** Bytes of a request's first line and headers. */
const MAX_HEADER_BYTES = 16 * 1024;
/** Milliseconds for a whole request, and between two looks whether one has taken longer. */
const REQUEST_TIMEOUT = 10_000;
const CHECK_EVERY = 2000;
/** Milliseconds without any traffic on a socket: a download that nobody reads ends then. */
const IDLE_TIMEOUT = 60_000;

/** Status lines for requests that Node could not read, by its error codes. */
const STATUS: { readonly [code: string]: string } = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/**
 * An HTTP server that goes on whatever its clients send, and bounds what they can hold: every socket has an error listener
 * for as long as it exists (Node takes its own away where a request asks for an upgrade), a place in a bounded number,
 * and limits in time.
 */
export class Connections {
  readonly server: Server;
  /** In the order in which they came. */
  readonly #unrecognized = new Set<Socket>();
  /** When the last request of a socket is done with. */
  readonly #last = new WeakMap<Socket, Promise<void>>();

  constructor() {
    const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES, connectionsCheckingInterval: CHECK_EVERY });
    server.maxConnections = MAX_SOCKETS;
    server.headersTimeout = REQUEST_TIMEOUT;
    server.requestTimeout = REQUEST_TIMEOUT;
    server.timeout = IDLE_TIMEOUT;
    // A connection that could not be accepted, for want of descriptors for example, is no reason to end.
    server.on('error', () => undefined);
    server.on('connection', (socket) => this.#watch(socket));
    server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
      const code = error.code ?? '';
      if (code === 'ECONNRESET' || !socket.writable) socket.destroy();
      else refuseRaw(socket as Socket, STATUS[code] ?? '400 Bad Request');
    });
    this.server = server;
  }

  /** Marks a socket whose client has shown the token: it is never closed to make room for others. */
  recognize(socket: Socket): void {
    this.#unrecognized.delete(socket);
  }

  /**
   * Does what a request asks for once the requests before it on the same socket are done with. Nothing is done for a
   * socket that has closed: Node tells that only to the response that is being sent, not to those that wait behind it.
   *
   * @param work resolves when the response was sent, or rejects
   */
  inTurn(socket: Socket, work: () => Promise<void>): void {
    const before = this.#last.get(socket) ?? Promise.resolve();
    const done = before.then(() => (socket.destroyed ? undefined : work())).catch(() => void socket.destroy());
    this.#last.set(socket, done);
  }

  #watch(socket: Socket): void {
    socket.on('error', () => socket.destroy());
    socket.once('close', () => this.#unrecognized.delete(socket));
    this.#unrecognized.add(socket);
    const [oldest] = this.#unrecognized;
    if (this.#unrecognized.size > MAX_UNRECOGNIZED) oldest?.destroy();
  }
}

/** Sends a status line on a socket that has no HTTP response, and closes it, whether or not the other side does. */
export function refuseRaw(socket: Socket, status: string): void {
  socket.write(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  socket.destroySoon();
}
