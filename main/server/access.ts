import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Only this machine may connect. */
export const LOOPBACK = '127.0.0.1';

/**
 * Who may use the server: whoever knows the token, which is the first part of every path. A web page of another origin
 * cannot know it, and Host and Origin keep out pages that found a way to this port (DNS rebinding).
 */
export class Access {
  readonly token = randomBytes(24).toString('base64url');
  readonly #hosts: ReadonlySet<string>;
  readonly #origins: ReadonlySet<string>;

  constructor(port: number) {
    const hosts = [`${LOOPBACK}:${port}`, `localhost:${port}`];
    this.#hosts = new Set(hosts);
    this.#origins = new Set(hosts.map((host) => `http://${host}`));
  }

  /** The rest of the path behind the token, or why the request is refused. */
  check(request: IncomingMessage): { readonly path: string } | { readonly refused: string } {
    const { host, origin } = request.headers;
    if (host === undefined || !this.#hosts.has(host))
      return { refused: 'This server answers requests to 127.0.0.1 only.' };
    if (origin !== undefined && !this.#origins.has(origin))
      return { refused: 'Pages of other sites may not use this server.' };
    const [, given = '', rest = ''] = /^\/([^/?#]*)\/?([^?#]*)/.exec(request.url ?? '') ?? [];
    if (!this.#matches(given))
      return { refused: 'Open ConvCanvas with the address that it printed when it was started.' };
    return { path: rest };
  }

  /** A WebSocket must say where it comes from; a plain request need not. */
  checkUpgrade(request: IncomingMessage): { readonly path: string } | { readonly refused: string } {
    if (request.headers.origin === undefined) return { refused: 'A WebSocket must name its origin.' };
    return this.check(request);
  }

  #matches(given: string): boolean {
    const [a, b] = [Buffer.from(given), Buffer.from(this.token)];
    return a.length === b.length && timingSafeEqual(a, b);
  }
}
