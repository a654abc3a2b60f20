/** Runs programs and measures the most memory that they and the processes they start take. */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

export interface Measured {
  readonly code: number | null;
  /** Standard output and error. */
  readonly output: string;
  readonly seconds: number;
  /** Seconds of processor time of them all; undefined where the system does not say. */
  readonly cpu: number | undefined;
  /** Bytes of the largest process of them all (VmHWM); undefined where the system does not say. */
  readonly peak: number | undefined;
}

const LOOK_EVERY = 20;

/** A process and all that descend from it. */
function family(pid: number): readonly number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
    } catch {
      // It has ended.
    }
  }
  const found = [pid];
  for (const one of found) for (const [child, parent] of parents) if (parent === one) found.push(child);
  return found;
}

function peakOf(pid: number): number {
  try {
    return 1024 * Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

/** Linux's clock ticks a second (sysconf(_SC_CLK_TCK)). */
const TICKS = 100;

/** Processor time of a process: user and system, in ticks. */
function ticksOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(fields[11]) + Number(fields[12]);
  } catch {
    return 0;
  }
}

/** @param seconds after which it is killed */
export async function measured(command: readonly string[], seconds: number): Promise<Measured> {
  const begin = performance.now();
  const child = spawn(command[0] as string, command.slice(1), { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk));
  let peak: number | undefined;
  const ticks = new Map<number, number>();
  const look = () => {
    if (process.platform !== 'linux') return;
    for (const pid of family(child.pid ?? 0)) {
      peak = Math.max(peak ?? 0, peakOf(pid));
      ticks.set(pid, Math.max(ticks.get(pid) ?? 0, ticksOf(pid)));
    }
  };
  const looking = setInterval(look, LOOK_EVERY);
  const limit = setTimeout(() => child.kill('SIGKILL'), 1000 * seconds);
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  clearInterval(looking);
  clearTimeout(limit);
  const cpu = ticks.size === 0 ? undefined : [...ticks.values()].reduce((sum, one) => sum + one, 0) / TICKS;
  return { code, output, seconds: (performance.now() - begin) / 1000, cpu, peak };
}
