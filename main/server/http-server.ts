import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Transport } from '#contract/transport.ts';
import { PageFiles } from '../pages/page-files.ts';
import { PAGE_HEADERS } from '../pages/security.ts';
import { Access, LOOPBACK } from './access.ts';
import type { Exports } from './exports.ts';
import { socketTransport } from './socket-transport.ts';

/** Largest message that a page may send: a design of 16 MiB and what is around it. */
const MOST_BYTES = 20 * 2 ** 20;

export interface HttpServerOptions {
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
  const server = createServer();
  await listen(server, options.port);
  const { port } = server.address() as AddressInfo;
  const access = new Access(port);
  const files = new PageFiles(options.pageFolder);
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MOST_BYTES, clientTracking: true });

  server.on('request', (request, response) => {
    answer(request, response, access, files, options.exports).catch(() => {
      if (!response.headersSent) refuse(response, 500, 'The file could not be read.');
      else response.destroy();
    });
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const allowed = access.checkUpgrade(request);
    if ('refused' in allowed || allowed.path !== 'socket') {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (page: WebSocket) => options.connect(socketTransport(page)));
  });

  return {
    url: `http://${LOOPBACK}:${port}/${access.token}/`,
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

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  access: Access,
  files: PageFiles,
  exports: Exports,
): Promise<void> {
  const allowed = access.check(request);
  if ('refused' in allowed) {
    refuse(response, 403, allowed.refused);
    return;
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    refuse(response, 405, 'This server answers GET and HEAD only.');
    return;
  }
  const exported = exports.find(allowed.path);
  if (exported !== undefined) {
    await sendFile(response, exported);
    return;
  }
  const file = await files.read(allowed.path);
  if (file === undefined) {
    refuse(response, 404, 'There is no such file.');
    return;
  }
  response.writeHead(200, { ...PAGE_HEADERS, 'Content-Type': file.type, 'Content-Length': file.contents.length });
  response.end(request.method === 'HEAD' ? undefined : file.contents);
}

async function sendFile(
  response: ServerResponse,
  file: { readonly path: string; readonly name: string },
): Promise<void> {
  const { size } = await stat(file.path);
  response.writeHead(200, {
    ...PAGE_HEADERS,
    'Content-Type': 'application/octet-stream',
    'Content-Length': size,
    'Content-Disposition': `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}`,
  });
  createReadStream(file.path)
    .on('error', () => response.destroy())
    .pipe(response);
}

function refuse(response: ServerResponse, status: number, reason: string): void {
  response.writeHead(status, { ...PAGE_HEADERS, 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(`${reason}\n`);
}
