import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { built } from '../e2e/paths.ts';
import { bombs } from './bombs.ts';
import { measured } from './measured.ts';
import type { Outcome } from './table.ts';

export const title =
  'files that ask for far more than they look like; none may take 512 MB or 5 seconds of processor time';

const MOST_BYTES = 512e6;
const MOST_SECONDS = 5;

export async function run(): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const { name, prepare } of bombs()) {
    const folder = mkdtempSync(join(tmpdir(), 'convcanvas-bomb-'));
    try {
      const words = prepare(folder);
      const {
        output,
        seconds,
        cpu = seconds,
        peak = 0,
      } = await measured([process.execPath, built('main/cli.js'), ...words], 60);
      const last = output.trim().split('\n').at(-1) ?? '';
      const lost = [
        ...(peak > MOST_BYTES ? [`${Math.round(peak / 1e6)} MB`] : []),
        ...(cpu > MOST_SECONDS ? [`${cpu.toFixed(1)} s`] : []),
        ...(/undefined|RangeError|call stack|not a function|at async/.test(last) ? [`raw message: ${last}`] : []),
      ].join(', ');
      const took = `${Math.round(peak / 1e6)} MB, ${cpu.toFixed(1)} s`;
      outcomes.push({ attack: `${name} (${took})`, tries: 1, survived: lost === '' ? 1 : 0, lost });
      process.stdout.write(`  ${name}: ${took}: ${last.replaceAll(folder, '…').slice(0, 160)}\n`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return outcomes;
}
