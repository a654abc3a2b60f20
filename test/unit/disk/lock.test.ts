import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodeFileSystem } from '#disk/file-system.ts';
import { type Lock, LockedError, lockHolder, takeLock } from '#disk/lock.ts';
import { ownIdentity } from '#disk/process-identity.ts';
import { faultyFiles } from '../../faulty-files.ts';
import { temporaryFolder } from '../../temporary.ts';

const path = () => join(temporaryFolder(), 'lock');

async function textOf(given: object = {}): Promise<string> {
  return JSON.stringify({ ...(await ownIdentity()), nonce: '0123456789abcdef', ...given });
}

/** A process that has ended. */
const gone = () => ({ pid: spawnSync(process.execPath, ['--version']).pid, started: 1 });

async function taken(attempts: readonly Promise<Lock>[]): Promise<readonly Lock[]> {
  const settled = await Promise.allSettled(attempts);
  return settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
}

describe('a lock', { timeout: 20_000 }, () => {
  it("is one's alone until it is released, and says whose it is", async () => {
    const at = path();
    const lock = await takeLock(at);
    expect(await lockHolder(at)).toBe(process.pid);
    await expect(takeLock(at, nodeFileSystem, 100)).rejects.toThrow(LockedError);
    await lock.release();
    expect(readdirSync(dirname(at))).toEqual([]);
    expect(await lockHolder(at)).toBeUndefined();
    await (await takeLock(at)).release();
  });

  it.each([
    ['with links', () => undefined],
    ['on a disk that knows none', (operation: string) => (operation === 'link' ? 'EPERM' : undefined)],
  ])('of a process that has ended is taken by one of many, %s', async (_, fault) => {
    for (let turn = 0; turn < 10; turn++) {
      const at = path();
      writeFileSync(at, await textOf(gone()));
      const faulty = faultyFiles();
      faulty.fault = fault;
      const locks = await taken(Array.from({ length: 8 }, () => takeLock(at, faulty.files, 200)));
      expect(locks).toHaveLength(1);
      expect(await locks[0]!.isHeld()).toBe(true);
      expect(readdirSync(dirname(at))).toEqual(['lock']);
    }
  });

  it('that somebody else took between the look at it and its removal stays theirs', async () => {
    // At every place where that may happen.
    for (let at = 1; at < 60; at++) {
      const lock = path();
      writeFileSync(lock, await textOf(gone()));
      const theirs = await textOf({ pid: process.ppid, started: null, nonce: 'ffffffffffffffff' });
      const faulty = faultyFiles();
      let [looked, since, isTheirs] = [false, 0, false];
      faulty.fault = (operation, of) => {
        looked ||= operation === 'readFile' && of === lock;
        if (looked) since += 1;
        // Another process does what this one would: it respects whoever has the right to remove that lock.
        const isFree = existsSync(lock) && !existsSync(`${lock}.0123456789abcdef`);
        if (since === at && isFree && readFileSync(lock, 'utf8').includes('0123456789abcdef')) {
          writeFileSync(lock, theirs);
          isTheirs = true;
        }
        return undefined;
      };
      const taken = await takeLock(lock, faulty.files, 100).catch(() => undefined);
      if (since < at) {
        // It had the lock before that.
        expect(taken).toBeDefined();
        return;
      }
      expect(taken === undefined, `at ${at}`).toBe(isTheirs);
      if (isTheirs) expect(readFileSync(lock, 'utf8')).toBe(theirs);
      else expect(await taken?.isHeld()).toBe(true);
    }
  });

  it('of a process that is just ending is waited for', async () => {
    const at = path();
    const lock = await takeLock(at);
    const next = takeLock(at);
    setTimeout(() => void lock.release(), 300);
    expect(await (await next).isHeld()).toBe(true);
  });

  it('is not released by whoever has lost it', async () => {
    const at = path();
    const lock = await takeLock(at);
    rmSync(at); // by hand
    const other = await takeLock(at);
    expect(await lock.isHeld()).toBe(false);
    await lock.release();
    expect(await other.isHeld()).toBe(true);
  });

  it('of an older version, with nothing but a number, is understood', async () => {
    const at = path();
    writeFileSync(at, String(process.ppid));
    expect(await lockHolder(at)).toBe(process.ppid);
    await expect(takeLock(at, nodeFileSystem, 100)).rejects.toMatchObject({ pid: process.ppid, host: '' });
    // The number was given to a process that did not run yet when the file was written.
    const before = new Date(Date.now() - 1000 * 3600 * 24 * 365);
    utimesSync(at, before, before);
    expect(await lockHolder(at)).toBeUndefined();
    await (await takeLock(at)).release();
    writeFileSync(at, String(gone().pid));
    expect(await (await takeLock(at)).isHeld()).toBe(true);
  });

  it('of another computer is kept, and says which', async () => {
    const at = path();
    writeFileSync(at, await textOf({ machine: 'another', boot: 'another', host: 'basement' }));
    expect(await lockHolder(at)).toBe(process.pid);
    await expect(takeLock(at, nodeFileSystem, 100)).rejects.toMatchObject({ host: 'basement' });
    expect(existsSync(at)).toBe(true);
  });

  it('that was left empty by a crash is taken after a while', async () => {
    for (const left of ['', '{"pid":12', 'nonsense', '-1', '[]']) {
      const at = path();
      writeFileSync(at, left);
      expect(await (await takeLock(at, nodeFileSystem, 200)).isHeld()).toBe(true);
    }
  });

  it('is taken where a process ended while it removed an older one, and nothing of that stays', async () => {
    const at = path();
    writeFileSync(at, await textOf({ ...gone(), nonce: 'aaaaaaaaaaaaaaaa' }));
    writeFileSync(`${at}.aaaaaaaaaaaaaaaa`, await textOf({ ...gone(), nonce: 'bbbbbbbbbbbbbbbb' }));
    writeFileSync(`${at}.cccccccccccccccc`, await textOf({ ...gone(), nonce: 'dddddddddddddddd' }));
    writeFileSync(`${at}.txt`, 'mine');
    expect(await (await takeLock(at)).isHeld()).toBe(true);
    expect(readdirSync(dirname(at)).sort()).toEqual(['lock', 'lock.txt']);
  });

  it('that cannot be written says why', async () => {
    const faulty = faultyFiles();
    faulty.fault = (operation) => (operation === 'append' ? 'ENOSPC' : undefined);
    const at = path();
    await expect(takeLock(at, faulty.files)).rejects.toThrow('the disk is full');
    expect(readdirSync(dirname(at))).toEqual([]);
  });

  it('names the process, its start and its boot', async () => {
    const at = path();
    await takeLock(at);
    const { pid, started, boot, nonce } = JSON.parse(readFileSync(at, 'utf8'));
    const own = await ownIdentity();
    expect({ pid, started, boot }).toEqual({ pid: process.pid, started: own.started, boot: own.boot });
    expect(nonce).toMatch(/^[0-9a-f]{16}$/);
  });
});
