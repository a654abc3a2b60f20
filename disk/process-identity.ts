/** Tells one process from all others, so that what a process left behind can be told from what a living one needs. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { promisify } from 'node:util';
import { z } from 'zod';

const run = promisify(execFile);

export const processIdentity = z.object({
  pid: z.int().positive(),
  /**
   * When it started: clock ticks since the system's boot on Linux, milliseconds since 1970 elsewhere; null where the
   * system does not say. A number that the system gave again belongs to a process that started at another time.
   */
  started: z.int().nonnegative().nullable(),
  /** The boot of the system that it runs in; '' where the system does not name its boots. */
  boot: z.string().max(100),
  /** A hash that names the computer. */
  machine: z.string().max(100),
  /** The PID namespace on Linux: a container has its own numbers. '' elsewhere. */
  namespace: z.string().max(100),
  /** The computer's name, for people. */
  host: z.string().max(300),
});
export type ProcessIdentity = z.infer<typeof processIdentity>;

/** `elsewhere`: on another computer or in another container, where this process cannot look. */
export type ProcessState = 'running' | 'ended' | 'elsewhere';

/** What the system says of one of its processes; undefined where it has none of that number, or only a zombie. */
export interface ProcessStart {
  /** As `ProcessIdentity.started`. */
  readonly started: number | null;
  /** Milliseconds since 1970; null where the system does not say. */
  readonly at: number | null;
}

/** Milliseconds by which two clocks may differ that tell when one process started; Linux counts ticks exactly. */
const TOLERANCE = process.platform === 'linux' ? 0 : 5000;
/** Linux's clock ticks a second, as user space sees them on every architecture (sysconf(_SC_CLK_TCK)). */
const TICKS = 100;
/** Milliseconds that another program may take to say something of a process. */
const PATIENCE = 5000;

let own: Promise<ProcessIdentity> | undefined;

/** This process. */
export function ownIdentity(): Promise<ProcessIdentity> {
  own ??= findOwn();
  return own;
}

async function findOwn(): Promise<ProcessIdentity> {
  const host = hostname();
  const [start, boot, machine, namespace] = await Promise.all([ownStart(), bootId(), machineId(), pidNamespace()]);
  const hash = createHash('sha256')
    .update(machine ?? host)
    .digest('hex')
    .slice(0, 16);
  return { pid: process.pid, started: start, boot, machine: hash, namespace, host };
}

/** Whether a process still runs. Zombies have ended; so has a process whose number was given to another one. */
export async function stateOf(identity: ProcessIdentity): Promise<ProcessState> {
  const self = await ownIdentity();
  const sameBoot = identity.boot !== '' && identity.boot === self.boot;
  if (!sameBoot && identity.machine !== self.machine) return 'elsewhere';
  if (!sameBoot && identity.boot !== '' && self.boot !== '') return 'ended';
  if (identity.namespace !== self.namespace) return 'elsewhere';
  const found = await processStart(identity.pid);
  if (found === undefined) return 'ended';
  if (identity.started === null || found.started === null) return 'running';
  return Math.abs(identity.started - found.started) > TOLERANCE ? 'ended' : 'running';
}

/** When a process of this system started. */
export async function processStart(pid: number): Promise<ProcessStart | undefined> {
  if (!exists(pid)) return undefined;
  if (process.platform === 'linux') return (await startFromProc(pid)) ?? (await startFromPs(pid));
  return process.platform === 'win32' ? startFromPowerShell(pid) : startFromPs(pid);
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process exists as well.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function ownStart(): Promise<number | null> {
  // PowerShell takes half a second; Node knows when it started itself.
  if (process.platform === 'win32') return Math.round(Date.now() - 1000 * process.uptime());
  return (await processStart(process.pid))?.started ?? null;
}

/** proc(5): the name in parentheses may hold anything; after it, the state is field 3 and the start time field 22. */
export async function startFromProc(pid: number): Promise<ProcessStart | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => undefined);
  if (text === undefined) return undefined;
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, started] = [fields[0], Number(fields[19])];
  if (state === 'Z' || state === 'X' || !Number.isInteger(started)) return undefined;
  const [, boot] = /^btime (\d+)$/m.exec(await readFile('/proc/stat', 'latin1').catch(() => '')) ?? [];
  return { started, at: boot === undefined ? null : 1000 * (Number(boot) + started / TICKS) };
}

/** What `ps` says on every Unix, to the second. */
export async function startFromPs(pid: number): Promise<ProcessStart | undefined> {
  const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
  const options = { env, timeout: PATIENCE } as const;
  const said = await run('ps', ['-o', 'stat=', '-o', 'lstart=', '-p', String(pid)], options).catch(() => undefined);
  // Without `ps` nothing is known but that something has this number.
  if (said === undefined) return exists(pid) ? { started: null, at: null } : undefined;
  const [, state = '', start = ''] = /^\s*(\S+)\s+(.+?)\s*$/m.exec(said.stdout) ?? [];
  if (state === '' || state.startsWith('Z')) return undefined;
  const at = Date.parse(`${start} UTC`);
  if (Number.isNaN(at)) return { started: null, at: null };
  // On Linux `started` counts ticks, which `ps` does not say.
  return { started: process.platform === 'linux' ? null : at, at };
}

async function startFromPowerShell(pid: number): Promise<ProcessStart | undefined> {
  const script = `(Get-Process -Id ${pid}).StartTime.ToUniversalTime().ToString('o')`;
  const options = { timeout: PATIENCE, windowsHide: true } as const;
  const said = await run('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', script], options).catch(
    () => undefined,
  );
  const at = Date.parse(said?.stdout.trim() ?? '');
  return Number.isNaN(at) ? { started: null, at: null } : { started: at, at };
}

async function bootId(): Promise<string> {
  if (process.platform === 'linux') return firstLine(readFile('/proc/sys/kernel/random/boot_id', 'utf8'));
  if (process.platform !== 'darwin') return '';
  return firstLine(run('sysctl', ['-n', 'kern.bootsessionuuid'], { timeout: PATIENCE }).then(({ stdout }) => stdout));
}

/** What names the computer even when its host name changes; undefined where the system has no such file. */
async function machineId(): Promise<string | undefined> {
  if (process.platform !== 'linux') return undefined;
  return (await firstLine(readFile('/etc/machine-id', 'utf8'))) || undefined;
}

async function pidNamespace(): Promise<string> {
  return process.platform === 'linux' ? readlink('/proc/self/ns/pid').catch(() => '') : '';
}

async function firstLine(text: Promise<string>): Promise<string> {
  return (await text.catch(() => '')).trim().split('\n')[0] ?? '';
}
