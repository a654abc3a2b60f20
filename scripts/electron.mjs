/** Finds Electron's binary, which npm does not carry: fetched once, where that is possible. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './setup.mjs';

const PACKAGE = join(root, 'node_modules', 'electron');
const NOT_OBTAINABLE = join(root, '.cache', 'electron-not-obtainable');
/** After a failure, hours before the next try: a start should not wait for a network that is not there. */
const RETRY_AFTER = 12;

/** The binary's path inside Electron's folder, for this system. */
const INSIDE = { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' };

/** The path of Electron's binary if it is there; no download. */
export function findElectron() {
  const inside = Object.hasOwn(INSIDE, process.platform)
    ? INSIDE[/** @type {keyof typeof INSIDE} */ (process.platform)]
    : 'electron';
  const folder = process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? join(PACKAGE, 'dist');
  const path = join(folder, inside);
  return existsSync(path) ? path : undefined;
}

/** Whether there is a screen to show a window on. */
export function hasScreen() {
  return process.platform !== 'linux' || Boolean(process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY']);
}

/** Electron's binary, fetched if it is not there and can be had. */
export function obtainElectron() {
  const found = findElectron();
  if (found !== undefined) return found;
  const tried = existsSync(NOT_OBTAINABLE) ? statSync(NOT_OBTAINABLE).mtimeMs : 0;
  if (Date.now() - tried < RETRY_AFTER * 3_600_000) return undefined;
  const { version } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8'));
  console.log(`Fetching Electron ${version}, once…`);
  const { status } = spawnSync(process.execPath, [join(PACKAGE, 'install.js')], { cwd: root, stdio: 'ignore' });
  if (status === 0) {
    rmSync(NOT_OBTAINABLE, { force: true });
    return findElectron();
  }
  mkdirSync(join(root, '.cache'), { recursive: true });
  writeFileSync(NOT_OBTAINABLE, 'Delete this file to let `npm start` try to fetch Electron again.\n');
  return undefined;
}
