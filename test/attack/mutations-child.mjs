/** Attacks one reader in a process of its own: the child of mutations-processes.ts, which hears where it is. */
import { openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { runnerImport } from 'vite';

const [reader = '', seed, begin, end, progress = ''] = process.argv.slice(2);
const root = join(import.meta.dirname, '..', '..');
const options = { root, define: { __VERSION__: JSON.stringify('attack') }, logLevel: /** @type {const} */ ('error') };
const { module } = await runnerImport(join(import.meta.dirname, 'mutations.ts'), options);
const file = openSync(progress, 'w');
const report = await module.attackReader(reader, {
  seed: Number(seed),
  begin: Number(begin),
  end: Number(end),
  // Written at once: whatever ends the process, it is known at which input.
  onTurn: (/** @type {number} */ turn) => writeSync(file, String(turn).padEnd(10), 0),
});
process.send?.(report, () => process.exit(0));
