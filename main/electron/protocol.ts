import { fileURLToPath } from 'node:url';
import { protocol } from 'electron';
import { PageFiles } from '../pages/page-files.ts';
import { PAGE_HEADERS } from '../pages/security.ts';
import { isPage, SCHEME } from './page.ts';

/** Must run before the app is ready. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

/** Serves the built page's files, with its policy, and nothing else. */
export function setupProtocol(): void {
  const files = new PageFiles(fileURLToPath(new URL('../renderer', import.meta.url)));
  protocol.handle(SCHEME, async (request) => {
    // The build's file names need no decoding.
    const file = isPage(request.url) ? await files.read(new URL(request.url).pathname.slice(1)) : undefined;
    if (file === undefined) return new Response('There is no such file.', { status: 404, headers: PAGE_HEADERS });
    return new Response(file.contents, { headers: { ...PAGE_HEADERS, 'Content-Type': file.type } });
  });
}
