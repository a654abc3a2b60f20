import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnServer } from '../built-server.ts';
import { largeExport } from './large-export.ts';
import { flood, hold } from './server-flood.ts';
import type { Outcome } from './table.ts';

export const title = 'requests that end early in every way: refused, cut off, reset, half read, held open';

export async function run(): Promise<readonly Outcome[]> {
  const home = mkdtempSync(join(tmpdir(), 'convcanvas-attack-'));
  const server = await spawnServer(home);
  try {
    const target = { url: server.url, pid: server.process.pid ?? 0, download: await largeExport(server.url) };
    return [...(await flood(target, 300)), await hold(target, 2000)];
  } finally {
    await server.stop();
    rmSync(home, { recursive: true, force: true });
  }
}
