import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  ownIdentity,
  type ProcessIdentity,
  processStart,
  startFromProc,
  startFromPs,
  stateOf,
} from '#disk/process-identity.ts';

const isLinux = process.platform === 'linux';
const isWindows = process.platform === 'win32';

function child(command: string, ...args: readonly string[]): ChildProcess {
  const spawned = spawn(command, args, { stdio: 'ignore' });
  onTestFinished(() => void spawned.kill('SIGKILL'));
  return spawned;
}

/** The identity of a child, as that would write it itself. */
async function identityOf(pid: number): Promise<ProcessIdentity> {
  return { ...(await ownIdentity()), pid, started: (await processStart(pid))?.started ?? null };
}

describe('a process', () => {
  it('runs as long as it runs', async () => {
    expect(await stateOf(await ownIdentity())).toBe('running');
    const sleeping = child(process.execPath, '-e', 'setTimeout(() => {}, 60000)');
    const identity = await identityOf(sleeping.pid!);
    expect(await stateOf(identity)).toBe('running');
    const gone = once(sleeping, 'exit');
    sleeping.kill('SIGKILL');
    await gone;
    expect(await stateOf(identity)).toBe('ended');
  });

  it('has ended where its number belongs to a process that started at another time', async () => {
    const own = await ownIdentity();
    expect(own.started).toBeGreaterThan(0);
    expect(await stateOf({ ...own, started: own.started! - 10_000 })).toBe('ended');
    expect(await stateOf({ ...own, started: null })).toBe('running');
  });

  it('has ended where the system was started again since', async () => {
    const own = await ownIdentity();
    if (own.boot === '') return; // the system does not name its boots
    expect(await stateOf({ ...own, boot: 'another' })).toBe('ended');
  });

  it('on another computer or in another container cannot be judged', async () => {
    const own = await ownIdentity();
    expect(await stateOf({ ...own, machine: 'another', boot: 'another' })).toBe('elsewhere');
    expect(await stateOf({ ...own, namespace: 'pid:[1]' })).toBe('elsewhere');
  });

  it.skipIf(isWindows)('has ended when it is a zombie', async () => {
    // The shell's background job ends; `sleep`, which the shell becomes, never asks for it.
    const parent = child('sh', '-c', 'true & exec sleep 60');
    const zombie = () => {
      const list = execFileSync('ps', ['-eo', 'pid=,ppid=,stat='], { encoding: 'utf8' }).split('\n');
      const found = list
        .map((line) => line.trim().split(/\s+/))
        .find(([, of, stat]) => Number(of) === parent.pid && stat?.startsWith('Z'));
      return found === undefined ? undefined : Number(found[0]);
    };
    await expect.poll(zombie, { timeout: 10_000 }).toBeDefined();
    const pid = zombie()!;
    process.kill(pid, 0); // it still has its number
    expect(await processStart(pid)).toBeUndefined();
    expect(await startFromPs(pid)).toBeUndefined();
    expect(await stateOf({ ...(await ownIdentity()), pid, started: null })).toBe('ended');
  });

  it.skipIf(!isLinux)('started when both /proc and ps say it did', async () => {
    const sleeping = child('sleep', '60');
    const [proc, ps] = [await startFromProc(sleeping.pid!), await startFromPs(sleeping.pid!)];
    expect(Math.abs(proc!.at! - ps!.at!)).toBeLessThan(2500);
    expect(proc!.at!).toBeLessThan(Date.now() + 2500);
  });

  it('that never was has ended', async () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    expect(await processStart(pid)).toBeUndefined();
  });
});
