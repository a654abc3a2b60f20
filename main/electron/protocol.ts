import { fileURLToPath } from 'node:url';
import { protocol } from 'electron';
import { PageFiles } from '../pages/page-files.ts';
import { PAGE_HEADERS } from '../pages/security.ts';
import { isPage, SCHEME } from './page.ts';

/** Must run before the app is ready. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme: SCHEME, privileges: { standard: true, secure: true } }]);
}

/** Serves the built page's files, with its policy, and nothing else. */
export function setupProtocol(): void {
  const files = new PageFiles(fileURLToPath(new URL('../renderer', import.meta.url)));
  protocol.handle(SCHEME, async (request) => {
    const path = isPage(request.url) ? new URL(request.url).pathname.slice(1) : undefined;
    const file = path === undefined ? undefined : await files.read(decodeURIComponent(path));
    if (file === undefined) return new Response('There is no such file.', { status: 404, headers: PAGE_HEADERS });
    return new Response(file.contents, { headers: { ...PAGE_HEADERS, 'Content-Type': file.type } });
  });
}
