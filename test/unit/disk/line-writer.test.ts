import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { LineWriter, type LineWriterOptions } from '#disk/line-writer.ts';
import { faultyFiles } from '../../faulty-files.ts';
import { temporaryFolder } from '../../temporary.ts';

function writer(path: string, options: Partial<LineWriterOptions<number>> = {}) {
  const events: string[] = [];
  const lines = new LineWriter<number>(path, {
    format: (item) => `line ${item}`,
    thin: (items) => items.filter((_, i) => i % 2 === 1),
    onFailure: ({ message }) => void events.push(message),
    onSuccess: () => void events.push('written'),
    ...options,
  });
  onTestFinished(async () => void (await lines.close()));
  return { lines, events };
}

const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
const text = (from: number, to: number) =>
  numbers(from, to)
    .map((item) => `line ${item}\n`)
    .join('');

describe('lines', () => {
  it('are written in the order in which they come', async () => {
    const path = join(temporaryFolder(), 'lines');
    const { lines } = writer(path);
    for (let i = 0; i < 10_000; i += 100) lines.append(numbers(i, i + 100));
    expect(await lines.flush()).toBe(true);
    expect(readFileSync(path, 'utf8')).toBe(text(0, 10_000));
    expect(lines.bytes).toBe(text(0, 10_000).length);
  });

  it('that were cut off are written again, whole and once, when there is room; without anybody asking', async () => {
    const path = join(temporaryFolder(), 'lines');
    const faulty = faultyFiles();
    faulty.written = 0.37;
    const { lines, events } = writer(path, { files: faulty.files });
    lines.append(numbers(0, 50));
    expect(await lines.flush()).toBe(true);
    let full = true;
    faulty.fault = (operation) => (full && operation === 'append' ? 'ENOSPC' : undefined);
    lines.append(numbers(50, 100));
    expect(await lines.flush()).toBe(false);
    lines.append(numbers(100, 150));
    expect(await lines.flush()).toBe(false);
    expect(events.at(-1)).toMatch(/lines could not be written: the disk is full; it needs \d+ B/);
    // A part is on the disk, the last line of it half.
    expect(readFileSync(path, 'utf8')).not.toBe(text(0, 50));
    full = false;
    await expect.poll(() => lines.waiting, { timeout: 10_000 }).toBe(0);
    expect(events.at(-1)).toBe('written');
    expect(readFileSync(path, 'utf8')).toBe(text(0, 150));
  });

  it('are not torn where not even cutting off works at first', async () => {
    const path = join(temporaryFolder(), 'lines');
    const faulty = faultyFiles();
    faulty.written = 0.5;
    const { lines } = writer(path, { files: faulty.files });
    lines.append(numbers(0, 10));
    await lines.flush();
    for (const failing of [['append'], ['truncate'], ['truncate', 'append'], ['open'], ['sync']]) {
      faulty.fault = (operation) => (failing.includes(operation) ? 'EIO' : undefined);
      lines.append([10]);
      expect(await lines.flush(), failing.join()).toBe(false);
    }
    faulty.fault = () => undefined;
    expect(await lines.flush()).toBe(true);
    expect(readFileSync(path, 'utf8')).toBe(`${text(0, 10)}${'line 10\n'.repeat(5)}`);
  });

  it('go on after the last whole line of a file that was torn', async () => {
    const path = join(temporaryFolder(), 'lines');
    // The half line is longer than what is read at once.
    writeFileSync(path, `line 0\n${'x'.repeat(200_000)}`);
    const { lines } = writer(path);
    lines.append([1]);
    expect(await lines.flush()).toBe(true);
    expect(readFileSync(path, 'utf8')).toBe('line 0\nline 1\n');
  });

  it('that wait are thinned where they become too many, and say so by their number', async () => {
    const path = join(temporaryFolder(), 'lines');
    const faulty = faultyFiles();
    faulty.fault = () => 'EIO';
    const { lines } = writer(path, { files: faulty.files, maxWaiting: 1000 });
    for (let i = 0; i < 100_000; i++) lines.append([i]);
    expect(lines.waiting).toBeLessThanOrEqual(1000);
    faulty.fault = () => undefined;
    expect(await lines.flush()).toBe(true);
    const kept = readFileSync(path, 'utf8').trim().split('\n');
    expect(kept.length).toBeGreaterThan(400);
    expect(kept.at(-1)).toBe('line 99999');
  });

  it('are not written into a file that was deleted, unseen', async () => {
    const path = join(temporaryFolder(), 'folder', 'lines');
    mkdirSync(dirname(path));
    const { lines, events } = writer(path);
    lines.append([0]);
    await lines.flush();
    rmSync(dirname(path), { recursive: true });
    lines.append([1]);
    expect(await lines.flush()).toBe(false);
    expect(events.at(-1)).toContain('its folder is missing: it was deleted or moved');
    mkdirSync(dirname(path));
    expect(await lines.flush()).toBe(true);
    expect(readFileSync(path, 'utf8')).toBe('line 1\n');
  });

  it('of a file that is written anew by somebody else are not written twice', async () => {
    const path = join(temporaryFolder(), 'lines');
    let anew = false;
    const { lines } = writer(path, {
      prepare: async () => {
        if (!anew) return;
        const taken = lines.takeWaiting();
        expect(taken).toEqual([2]);
        writeFileSync(path, text(0, 3));
      },
    });
    lines.append([0, 1]);
    await lines.flush();
    rmSync(path);
    anew = true;
    lines.append([2]);
    expect(await lines.flush()).toBe(true);
    anew = false;
    lines.append([3]);
    await lines.flush();
    expect(readFileSync(path, 'utf8')).toBe(text(0, 4));
  });

  it('are written a last time when the writer is closed; then no more', async () => {
    const path = join(temporaryFolder(), 'lines');
    const { lines } = writer(path);
    lines.append([0]);
    expect(await lines.close()).toBe(true);
    rmSync(path);
    lines.append([1]);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(existsSync(path)).toBe(false);
  });
});
