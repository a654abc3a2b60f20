import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Only this machine may connect. */
export const LOOPBACK = '127.0.0.1';

const STRANGER =
  'Open ConvCanvas with the address that it printed when it was started, or with convcanvas serve --open.';

/** The rest of a path behind the token. */
export interface Allowed {
  readonly path: string;
  /** Where the page really is, where the slash behind the token is missing: it names its files from there. */
  readonly redirect?: string;
}

/** Why a request is refused. */
interface Refused {
  readonly refused: string;
}

/**
 * Who may use the server: whoever knows the token, which is the first part of every path. A web page of another origin
 * cannot know it, and Host and Origin keep out pages that found a way to this port (DNS rebinding).
 */
export class Access {
  readonly #token: string;
  readonly #hosts: ReadonlySet<string>;
  readonly #origins: ReadonlySet<string>;

  constructor(token: string, port: number) {
    this.#token = token;
    const hosts = [`${LOOPBACK}:${port}`, `localhost:${port}`];
    this.#hosts = new Set(hosts);
    this.#origins = new Set(hosts.map((host) => `http://${host}`));
  }

  check(request: IncomingMessage): Allowed | Refused {
    const { host, origin } = request.headers;
    if (host === undefined || !this.#hosts.has(host))
      return { refused: 'This server answers requests to 127.0.0.1 only.' };
    if (origin !== undefined && !this.#origins.has(origin))
      return { refused: 'Pages of other sites may not use this server.' };
    const [, given = '', slash = '', rest = ''] = /^\/([^/?#]*)(\/?)([^?#]*)/.exec(request.url ?? '') ?? [];
    if (!this.#matches(given)) return { refused: STRANGER };
    return { path: rest, ...(slash === '' && { redirect: `/${given}/` }) };
  }

  /** A WebSocket must say where it comes from; a plain request need not. */
  checkUpgrade(request: IncomingMessage): Allowed | Refused {
    if (request.headers.origin === undefined) return { refused: 'A WebSocket must name its origin.' };
    return this.check(request);
  }

  #matches(given: string): boolean {
    const [a, b] = [Buffer.from(given), Buffer.from(this.#token)];
    return a.length === b.length && timingSafeEqual(a, b);
  }
}
