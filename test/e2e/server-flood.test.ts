/** Whoever has no token can neither end the server nor use it up; `npm run attack server-flood` does the same for longer. */
import { describe, expect, it } from 'vitest';
import { largeExport } from '../attack/large-export.ts';
import { descriptors, flood, hold } from '../attack/server-flood.ts';
import { openClient } from '../page-client.ts';
import { startServer } from './app.ts';

describe('the server', () => {
  it('answers, with no descriptor more than before, after requests that end early in every way', async () => {
    const server = await startServer();
    const page = await openClient(server.url);
    const target = { url: server.url, pid: server.process.pid!, download: await largeExport(server.url) };
    const outcomes = await flood(target, 20);
    expect(outcomes.filter(({ tries, survived, lost }) => survived < tries || lost !== '')).toEqual([]);
    expect(outcomes.length).toBeGreaterThan(35);
    expect(await hold(target, 700)).toMatchObject({ survived: 1, lost: '' });
    // The page that was connected all the time still is.
    expect(await page.call('app.describe', {})).toMatchObject({ shell: 'browser' });
    expect(server.process.exitCode).toBeNull();
  });

  it.skipIf(process.platform !== 'linux')('is checked for descriptors where the system tells them', () => {
    expect(descriptors(process.pid)).toBeGreaterThan(3);
  });
});
