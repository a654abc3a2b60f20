/** What `npm run attack bombs` does, with the bombs that take little time to make. */
import { describe, expect, it } from 'vitest';
import { bombs } from '../attack/bombs.ts';
import { measured } from '../attack/measured.ts';
import { temporaryFolder } from '../temporary.ts';
import { built } from './paths.ts';

const SHORT = new Set([
  'design: blocks of a million layers',
  'design: 15 million opened lists',
  'design: a million keys',
  'design: a named pipe',
  'design: a link to a device without end',
  'image: the largest grey JPEG that is read',
  'image: a JPEG of 300,000 tables',
  'image: a named pipe',
  'IDX: gzip whose header promises 2 GB',
  'IDX: a named pipe',
  'model, --from: a million tensors',
  'model, evaluate: five million nodes',
  'model, --from: 3 GB',
  'model, evaluate: a named pipe',
]);

const chosen = bombs().filter(({ name }) => SHORT.has(name));

describe('the command line', () => {
  it.each(chosen.map((bomb) => [bomb.name, bomb] as const))('%s', async (_, { prepare }) => {
    const words = prepare(temporaryFolder());
    const { code, output, peak = 0 } = await measured([process.execPath, built('main/cli.js'), ...words], 120);
    expect(code, output).toBeGreaterThan(0);
    expect(output).toMatch(/\.\n/);
    expect(output).not.toMatch(/undefined|RangeError|call stack|not a function|^\s+at /m);
    expect(peak).toBeLessThan(512e6);
  });

  it.skipIf(process.platform === 'win32')('is tried with every one of them', () => {
    expect(chosen).toHaveLength(SHORT.size);
  });
});
