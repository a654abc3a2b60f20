/**
 * `npm run attack [name …]`: attacks the built program (test/attack/*.attack.ts), every way where none is named, and prints
 * what came of it. The short forms of these attacks are tests of the gate.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, root } from './setup.mjs';

ensureInstalled();
ensureBuilt();

const SUFFIX = '.attack.ts';
const folder = join(root, 'test', 'attack');
const all = readdirSync(folder).flatMap((file) => (file.endsWith(SUFFIX) ? [file.slice(0, -SUFFIX.length)] : []));
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !all.includes(name));
if (unknown.length > 0) {
  console.error(`There is no attack ${unknown.join(', ')}. There are: ${all.join(', ')}.`);
  process.exit(1);
}
const { runnerImport } = await import('vite');
const options = { root, define: { __VERSION__: JSON.stringify('attack') }, logLevel: /** @type {const} */ ('error') };
const { module: table } = await runnerImport(join(folder, 'table.ts'), options);
let lost = 0;
for (const name of wanted.length > 0 ? wanted : all) {
  const { module } = await runnerImport(join(folder, `${name}${SUFFIX}`), options);
  console.log(`\n${name}: ${module.title}`);
  const outcomes = await module.run();
  console.log(table.formatOutcomes(outcomes));
  lost += outcomes.filter((/** @type {{ lost: string }} */ outcome) => outcome.lost !== '').length;
}
process.exit(lost === 0 ? 0 : 1);
