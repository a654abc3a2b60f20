import { open } from 'node:fs/promises';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { finished, pipeline } from 'node:stream/promises';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Transport } from '#contract/transport.ts';
import { type PageFile, PageFiles } from '../pages/page-files.ts';
import { PAGE_HEADERS } from '../pages/security.ts';
import { Access, type Allowed, LOOPBACK } from './access.ts';
import { Connections, refuseRaw } from './connections.ts';
import type { Exports } from './exports.ts';
import { socketTransport } from './socket-transport.ts';

/** Largest message that a page may send: a design of 16 MiB and what is around it. */
const MAX_MESSAGE_BYTES = 20 * 2 ** 20;
/** Pages that may be connected at the same time. */
const MAX_PAGES = 64;

export interface HttpServerOptions {
  /** What every address begins with. */
  readonly token: string;
  /** 0 for any free port. */
  readonly port: number;
  readonly pageFolder: string;
  readonly exports: Exports;
  /** Takes the transport of every page that connects. */
  connect(transport: Transport): void;
}

export interface RunningServer {
  /** The address to open, token included. */
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Serves the page and its WebSocket on this machine only. Rejects where the port is taken. */
export async function startHttpServer(options: HttpServerOptions): Promise<RunningServer> {
  const connections = new Connections();
  const { server } = connections;
  await listen(server, options.port);
  const { port } = server.address() as AddressInfo;
  const access = new Access(options.token, port);
  const files = new PageFiles(options.pageFolder);
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES, clientTracking: true });

  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const allowed = access.check(request);
    if ('refused' in allowed) {
      refuse(response, 403, allowed.refused);
      return;
    }
    connections.recognize(request.socket);
    connections.inTurn(request.socket, () => answer(request, response, allowed, files, options.exports));
  });
  server.on('upgrade', (request: IncomingMessage, duplex, head: Buffer) => {
    const socket = duplex as Socket;
    const allowed = access.checkUpgrade(request);
    if ('refused' in allowed || allowed.path !== 'socket') {
      refuseRaw(socket, '403 Forbidden');
      return;
    }
    if (sockets.clients.size >= MAX_PAGES) {
      refuseRaw(socket, '503 Service Unavailable');
      return;
    }
    connections.recognize(socket);
    sockets.handleUpgrade(request, socket, head, (page: WebSocket) => options.connect(socketTransport(page)));
  });

  return {
    url: `http://${LOOPBACK}:${port}/${options.token}/`,
    port,
    close: () =>
      new Promise((resolve) => {
        for (const page of sockets.clients) page.terminate();
        sockets.close();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, LOOPBACK, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** Resolves when the response has been sent; rejects where the client went away before. */
async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { path, redirect }: Allowed,
  files: PageFiles,
  exports: Exports,
): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    refuse(response, 405, 'This server answers GET and HEAD only.');
    return;
  }
  if (redirect !== undefined) {
    response.writeHead(308, { ...PAGE_HEADERS, Location: redirect });
    response.end();
    return;
  }
  try {
    const exported = exports.find(path);
    if (exported === undefined) await sendPageFile(request, response, await files.read(path));
    else await sendFile(request, response, exported);
  } catch (error) {
    if (response.headersSent) throw error;
    refuse(response, 500, 'The file could not be read.');
  }
}

async function sendPageFile({ method }: IncomingMessage, response: ServerResponse, file: PageFile | undefined) {
  if (file === undefined) {
    refuse(response, 404, 'There is no such file.');
    return;
  }
  response.writeHead(200, { ...PAGE_HEADERS, 'Content-Type': file.type, 'Content-Length': file.contents.length });
  response.end(method === 'HEAD' ? undefined : file.contents);
  await finished(response);
}

async function sendFile(
  { method }: IncomingMessage,
  response: ServerResponse,
  { path, name }: { readonly path: string; readonly name: string },
): Promise<void> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    response.writeHead(200, {
      ...PAGE_HEADERS,
      'Content-Type': 'application/octet-stream',
      'Content-Length': size,
      'Content-Disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name)}`,
    });
    if (method === 'HEAD') response.end();
    else await pipeline(file.createReadStream({ autoClose: false }), response);
  } finally {
    await file.close();
  }
}

/** The connection ends with a refusal, so that nothing else of the request has to be read. */
function refuse(response: ServerResponse, status: number, reason: string): void {
  response.writeHead(status, {
    ...PAGE_HEADERS,
    'Content-Type': 'text/plain; charset=utf-8',
    Connection: 'close',
  });
  response.end(`${reason}\n`);
}
