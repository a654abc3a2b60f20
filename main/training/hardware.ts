import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** What a processor is called and how much memory it has, as far as this machine tells. */
export interface Hardware {
  readonly name: string;
  /** Bytes. */
  readonly memory: number | null;
}

export function cpuHardware(): Hardware {
  const model = cpus()[0]?.model.trim() || 'CPU';
  const cores = availableParallelism();
  return { name: `${model}, ${cores} ${cores === 1 ? 'core' : 'cores'}`, memory: totalmem() };
}

/** The first GPU: as NVIDIA's driver tells, else Linux's; null where nobody does. */
export async function gpuHardware(): Promise<Hardware | null> {
  return (await fromNvidia()) ?? (await fromLinux());
}

async function fromNvidia(): Promise<Hardware | null> {
  const query = ['--query-gpu=name,memory.total', '--format=csv,noheader,nounits'];
  try {
    const { stdout } = await promisify(execFile)('nvidia-smi', query, { timeout: 5000, windowsHide: true });
    return parseNvidia(stdout);
  } catch {
    return null; // no such driver
  }
}

/** The first line of `name, MiB`. */
export function parseNvidia(answer: string): Hardware | null {
  const [, name, mebibytes] = /^\s*(.+?),\s*(\d+)\s*$/m.exec(answer) ?? [];
  return name === undefined ? null : { name, memory: Number(mebibytes) * 2 ** 20 };
}

/** AMD's driver writes the memory of each card to a file. */
async function fromLinux(folder = '/sys/class/drm'): Promise<Hardware | null> {
  const cards = await readdir(folder).catch((): string[] => []);
  for (const card of cards.filter((entry) => /^card\d+$/.test(entry)).sort()) {
    const memory = await readFile(join(folder, card, 'device', 'mem_info_vram_total'), 'utf8').catch(() => '');
    if (Number(memory) > 0) return { name: 'AMD GPU', memory: Number(memory) };
  }
  return null;
}
