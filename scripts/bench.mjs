/** `npm run bench [name …]`: runs benchmarks (bench/*.ts), all of them where none is named. None of them is a test. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, root } from './setup.mjs';

ensureInstalled();
ensureBuilt();

const folder = join(root, 'bench');
const all = readdirSync(folder).flatMap((file) => (/^[a-z-]+\.bench\.ts$/.test(file) ? [file.slice(0, -9)] : []));
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !all.includes(name));
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(', ')}. There are: ${all.join(', ')}.`);
  process.exit(1);
}
const { runnerImport } = await import('vite');
for (const name of wanted.length > 0 ? wanted : all) {
  const { module } = await runnerImport(join(folder, `${name}.bench.ts`), {
    root,
    define: { __VERSION__: JSON.stringify('bench') },
    logLevel: 'error',
  });
  if (module.long && wanted.length === 0) {
    console.log(`\n${name}: ${module.title}; left out, name it to run it`);
    continue;
  }
  console.log(`\n${name}: ${module.title}`);
  await module.run();
}
process.exit(0);
