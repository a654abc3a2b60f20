import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ownTag, removeLeftovers, removeTemporaryFiles, temporaryName } from '#disk/temporary-files.ts';
import { temporaryFolder } from '../../temporary.ts';

const LONG_AGO = new Date(Date.now() - 48 * 60 * 60 * 1000);

/** The name of a temporary file of another process of this system. */
async function nameOf(pid: number, started: number): Promise<string> {
  const [, , place, word] = (await ownTag()).split('-');
  return `.file.${pid}-${started}-${place}-${word}.tmp`;
}

function sleeping(): ChildProcess {
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'], { stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

describe('temporary files', () => {
  it('of processes that have ended are removed; those of living ones and all other files stay', async () => {
    const folder = temporaryFolder();
    const living = await nameOf(sleeping().pid!, 0);
    const own = await temporaryName('file');
    const stay = [living, own, 'file', '.file.tmp', '.hidden', 'notes.tmp', '.a.1-2-3-4.tmp'];
    const dead = [await nameOf(999_999_999, 5), await nameOf(process.pid, 5)];
    for (const name of [...stay, ...dead]) writeFileSync(join(folder, name), 'x');
    expect(await removeTemporaryFiles(folder)).toBe(dead.length);
    expect(readdirSync(folder).sort()).toEqual([...stay].sort());
  });

  it('of which nobody can say whose they are go after a day', async () => {
    const folder = temporaryFolder();
    const foreign = (await nameOf(999_999_999, 5)).replace(/-[0-9a-f]{8}-/, '-00000000-');
    const unowned = '.file.0123456789ab.tmp'; // as earlier versions named them
    for (const name of [foreign, unowned]) writeFileSync(join(folder, name), 'x');
    expect(await removeTemporaryFiles(folder)).toBe(0);
    for (const name of [foreign, unowned]) utimesSync(join(folder, name), LONG_AGO, LONG_AGO);
    expect(await removeTemporaryFiles(folder)).toBe(2);
  });

  it('that are links are left alone, and a folder that is missing does no harm', async () => {
    const folder = temporaryFolder();
    const target = temporaryFolder();
    writeFileSync(join(target, 'precious'), 'x');
    const name = await nameOf(999_999_999, 5);
    symlinkSync(target, join(folder, name));
    expect(await removeTemporaryFiles(folder)).toBe(0);
    expect(readdirSync(target)).toEqual(['precious']);
    expect(await removeTemporaryFiles(join(folder, 'nowhere'))).toBe(0);
  });

  it('may be folders', async () => {
    const folder = temporaryFolder();
    const tag = (await nameOf(999_999_999, 5)).slice('.file.'.length, -'.tmp'.length);
    mkdirSync(join(folder, `exports-${tag}`, 'inside'), { recursive: true });
    mkdirSync(join(folder, `exports-${await ownTag()}`));
    mkdirSync(join(folder, 'exports-of-somebody'));
    const removed = await removeLeftovers(folder, (name) => (name.startsWith('exports-') ? name : undefined));
    expect(removed).toBe(1);
    expect(readdirSync(folder)).toHaveLength(2);
  });

  it("have names that fit into 255 bytes, however long the file's own is", async () => {
    const name = '漢'.repeat(80);
    writeFileSync(join(temporaryFolder(), await temporaryName(name)), 'x');
    expect(Buffer.byteLength(await temporaryName(name))).toBeLessThan(255);
  });
});
