import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkOutput, checkOutputFolder } from '#disk/check-output.ts';
import { publishFile, writeFileAtomic, writeTemporary } from '#disk/write-file.ts';
import { faultyFiles } from '../../faulty-files.ts';
import { temporaryFolder } from '../../temporary.ts';

const isWindows = process.platform === 'win32';

function fileWith(contents: string): string {
  const path = join(temporaryFolder(), 'file');
  writeFileSync(path, contents);
  return path;
}

describe('a file that is replaced', () => {
  it.skipIf(isWindows)('keeps its permissions, and the links that lead to it', async () => {
    const path = fileWith('old');
    chmodSync(path, 0o640);
    const link = join(temporaryFolder(), 'link');
    symlinkSync(path, link);
    await writeFileAtomic(link, 'new');
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(statSync(path).mode & 0o777).toBe(0o640);
    expect(readdirSync(dirname(link))).toEqual(['link']);
  });

  it.skipIf(isWindows)('is not replaced where it is a folder, a pipe or a device', async () => {
    const folder = temporaryFolder();
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    await expect(writeFileAtomic(folder, 'x')).rejects.toThrow(
      `${folder} could not be written: it is a folder, no file`,
    );
    await expect(writeFileAtomic(pipe, 'x')).rejects.toThrow('it is a pipe, no file');
    await expect(writeFileAtomic('/dev/null', 'x')).rejects.toThrow('it is a device, no file');
    expect(lstatSync(pipe).isFIFO()).toBe(true);
    expect(lstatSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  it.each([
    ['append', 'ENOSPC', /the disk is full; it needs 5 B and [\d.]+ \w+ are free\. Free some space\.$/],
    ['append', 'EDQUOT', /the disk is full/],
    ['sync', 'EIO', /the disk reported an error/],
    ['rename', 'EROFS', /its disk is read-only/],
    ['open', 'EACCES', /you may not write there/],
    ['open', 'EWHATEVER', /a fault of the test's/],
  ] as const)(
    'is as it was where %s fails with %s, with a reason in words and nothing left over',
    async (operation, code, reason) => {
      const path = fileWith('old');
      const faulty = faultyFiles();
      faulty.written = 0.5;
      faulty.fault = (found) => (found === operation ? code : undefined);
      const failure = writeFileAtomic(path, 'whole', faulty.files);
      await expect(failure).rejects.toThrow(reason);
      await expect(failure).rejects.toThrow(`${path} could not be written: `);
      await expect(failure).rejects.toMatchObject({ name: 'WriteError', code, path });
      expect(readFileSync(path, 'utf8')).toBe('old');
      expect(readdirSync(dirname(path))).toEqual(['file']);
    },
  );

  it.skipIf(isWindows)('is on the disk before it has its name, and its name as well before the call ends', async () => {
    const path = fileWith('old');
    const faulty = faultyFiles();
    await writeFileAtomic(path, 'new', faulty.files);
    const order = faulty.done.filter(({ operation }) => ['append', 'sync', 'rename'].includes(operation));
    expect(order.map(({ operation }) => operation)).toEqual(['append', 'sync', 'rename', 'sync']);
    expect(order.at(-1)!.path).toBe(dirname(path));
  });

  it.skipIf(isWindows)('is written where the disk cannot flush folders, too', async () => {
    const path = fileWith('old');
    const faulty = faultyFiles();
    faulty.fault = (operation, at) => (operation === 'sync' && at === dirname(path) ? 'EINVAL' : undefined);
    await writeFileAtomic(path, 'new', faulty.files);
    expect(readFileSync(path, 'utf8')).toBe('new');
  });
});

describe('a place to write to', () => {
  it('is tried without a trace', async () => {
    const folder = temporaryFolder();
    await checkOutput(join(folder, 'file'));
    await checkOutputFolder(join(folder, 'run', 'of', 'today'));
    await expect(checkOutput(join(folder, 'nowhere', 'file'))).rejects.toThrow(
      `there is no folder ${join(folder, 'nowhere')}`,
    );
    writeFileSync(join(folder, 'file'), 'mine');
    await expect(checkOutputFolder(join(folder, 'file', 'run'))).rejects.toThrow(
      `${join(folder, 'file')} is a file, no folder`,
    );
    const faulty = faultyFiles();
    faulty.fault = (operation) => (operation === 'open' ? 'EROFS' : undefined);
    for (const check of [checkOutput, checkOutputFolder]) {
      await expect(check(join(folder, 'other'), faulty.files)).rejects.toThrow('its disk is read-only');
    }
    expect(readdirSync(folder)).toEqual(['file']);
    expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('mine');
  });
});

describe('a new file', () => {
  it.each([
    ['linked', () => undefined],
    ['renamed where the disk knows no links', (operation: string) => (operation === 'link' ? 'EPERM' : undefined)],
  ])('is %s into place, and never over another', async (_, fault) => {
    const faulty = faultyFiles();
    faulty.fault = fault;
    const path = join(temporaryFolder(), 'file');
    expect(await publishFile(await writeTemporary(path, 'first', faulty.files), path, faulty.files)).toBe(true);
    const second = await writeTemporary(path, 'second', faulty.files);
    expect(await publishFile(second, path, faulty.files)).toBe(false);
    expect(readFileSync(path, 'utf8')).toBe('first');
    expect(readdirSync(dirname(path)).filter((name) => !second.endsWith(name))).toEqual(['file']);
  });

  it('is not there where it cannot get its name', async () => {
    const faulty = faultyFiles();
    faulty.fault = (operation) => (operation === 'link' || operation === 'rename' ? 'EIO' : undefined);
    const path = join(temporaryFolder(), 'file');
    const temporary = await writeTemporary(path, 'x', faulty.files);
    await expect(publishFile(temporary, path, faulty.files)).rejects.toThrow('the disk reported an error');
    expect(existsSync(path)).toBe(false);
  });
});
