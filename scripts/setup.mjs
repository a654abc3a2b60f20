/** What `npm start` and `npm test` share: they run on a fresh clone, before anything is installed. Node only. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeNotices } from './notices.mjs';

// No telemetry of ONNX Runtime in anything that these scripts start (docs/decisions/0020).
process.env['ORT_DISABLE_TELEMETRY'] = '1';

export const root = fileURLToPath(new URL('..', import.meta.url));

const SOURCES = ['core', 'contract', 'disk', 'main', 'preload', 'renderer', 'cli', 'assets'];
const BUILD_FILES = [
  'electron.vite.config.ts',
  'package.json',
  'package-lock.json',
  'scripts/licences.mjs',
  'scripts/notices.mjs',
];
const INSTALLED = join(root, 'node_modules', '.convcanvas-installed');
const BUILT = join(root, 'out', '.built');

/**
 * Runs a command in the project's root and answers its exit code.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnSyncOptions} [options]
 */
export function run(command, args, options = {}) {
  // npm and npx are scripts on Windows, which only a shell starts.
  const shell = process.platform === 'win32' && /^np[mx]$/.test(command);
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', shell, ...options });
  if (error !== undefined) throw error;
  return status ?? 1;
}

/** @param {string} bin */
export function localBin(bin) {
  return join(root, 'node_modules', bin);
}

/** Installs what package-lock.json names, unless that was done already. */
export function ensureInstalled() {
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(INSTALLED) && readFileSync(INSTALLED, 'utf8') === wanted) return;
  console.log('Installing dependencies…');
  if (run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']) !== 0) {
    throw new Error(
      'The dependencies could not be installed: see above. A connection to the npm registry is needed once.',
    );
  }
  writeFileSync(INSTALLED, wanted);
}

/**
 * The time of the latest change in a folder, tests and hidden files left out.
 *
 * @param {string} folder
 * @returns {number}
 */
function latestChange(folder) {
  let latest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    latest = Math.max(latest, entry.isDirectory() ? latestChange(path) : statSync(path).mtimeMs);
  }
  return latest;
}

/** Whether the build is older than a source, or is not there. */
export function isStale() {
  if (!existsSync(BUILT)) return true;
  const built = statSync(BUILT).mtimeMs;
  const changes = [
    ...SOURCES.map((folder) => latestChange(join(root, folder))),
    ...BUILD_FILES.map((file) => statSync(join(root, file)).mtimeMs),
  ];
  return Math.max(...changes) > built;
}

/**
 * Builds everything that runs, and what is said of the licences in it. Answers whether that went well.
 *
 * @param {'info' | 'warn'} [logLevel]
 */
export function build(logLevel = 'warn') {
  const before = Date.now();
  const code = run(process.execPath, [localBin('electron-vite/bin/electron-vite.js'), 'build', '--logLevel', logLevel]);
  if (code !== 0) return false;
  try {
    writeNotices(root);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return false;
  }
  writeFileSync(BUILT, `${Date.now() - before} ms\n`);
  return true;
}

export function ensureBuilt() {
  if (!isStale()) return;
  console.log('Building…');
  if (!build()) throw new Error('The build failed: see above.');
}
