/**
 * `npm test`: the gate. Format and lint, types, dependency rules, unit tests, build, end-to-end tests in a real browser.
 * Its last line counts all of them: "N passed, N failed, N skipped".
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureChromium } from './chromium.mjs';
import { build, ensureInstalled, localBin, root, run } from './setup.mjs';

const REPORTS = join(root, '.cache', 'reports');
const count = { passed: 0, failed: 0, skipped: 0 };

/** @param {string} title @param {() => boolean} work */
function step(title, work) {
  const before = Date.now();
  let fine = false;
  try {
    fine = work();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
  }
  count[fine ? 'passed' : 'failed'] += 1;
  console.log(`${fine ? '✓' : '✗'} ${title} (${((Date.now() - before) / 1000).toFixed(1)} s)`);
  return fine;
}

/** @param {string} script @param {...string} args */
const node = (script, ...args) => run(process.execPath, [localBin(script), ...args]) === 0;

/**
 * Runs vitest projects and adds their tests to the count; a run that ended before its tests did counts as failed.
 *
 * @param {string} title
 * @param {...string} projects
 */
function tests(title, ...projects) {
  const before = Date.now();
  const report = join(REPORTS, `${projects[0]}.json`);
  const code = run(process.execPath, [
    localBin('vitest/vitest.mjs'),
    'run',
    ...projects.flatMap((project) => ['--project', project]),
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ]);
  if (!existsSync(report)) {
    count.failed += 1;
    console.log(`✗ ${title}: the tests did not run`);
    return;
  }
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, numFailedTestSuites } = JSON.parse(
    readFileSync(report, 'utf8'),
  );
  count.passed += numPassedTests;
  count.skipped += numPendingTests + numTodoTests;
  // A file that cannot be loaded has no tests that could fail.
  const failed = numFailedTests > 0 ? numFailedTests : code === 0 ? 0 : Math.max(1, numFailedTestSuites);
  count.failed += failed;
  console.log(`${failed === 0 ? '✓' : '✗'} ${title} (${((Date.now() - before) / 1000).toFixed(1)} s)`);
}

function main() {
  ensureInstalled();
  rmSync(REPORTS, { recursive: true, force: true });
  mkdirSync(REPORTS, { recursive: true });
  step('format and lint', () => node('@biomejs/biome/bin/biome', 'ci', '--error-on-warnings', '.'));
  step('types', () => node('typescript/bin/tsc', '-b', '.'));
  step('dependency rules', () =>
    node(
      'dependency-cruiser/bin/dependency-cruise.mjs',
      '--config',
      'dependency-cruiser.config.mjs',
      ...['core', 'contract', 'disk', 'main', 'preload', 'renderer', 'cli', 'test', 'bench'],
    ),
  );
  const built = step('build', build);
  tests('unit tests', 'unit', 'unit-core');
  if (built && step('a browser for the end-to-end tests', () => Boolean(ensureChromium()))) {
    tests('end-to-end tests', 'e2e');
  }
  const { passed, failed, skipped } = count;
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  process.exit(failed === 0 ? 0 : 1);
}

main();
