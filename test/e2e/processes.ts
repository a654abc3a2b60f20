import { execFileSync } from 'node:child_process';
import type { RunningServer } from '../built-server.ts';

/** The process number of a server's training process. */
export function trainingProcess({ process: server }: RunningServer): number {
  const list = execFileSync('ps', ['-eo', 'pid,ppid,args'], { encoding: 'utf8' });
  const line = list.split('\n').find((text) => text.includes(` ${server.pid} `) && text.includes('training.js'));
  if (line === undefined) throw new Error(`The training process does not run:\n${list}`);
  return Number(line.trim().split(/\s+/)[0]);
}
