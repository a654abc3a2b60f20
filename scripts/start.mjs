/** `npm start`: installs and builds what is missing, then opens ConvCanvas: in Electron, or in the browser. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { hasScreen, obtainElectron } from './electron.mjs';
import { ensureBuilt, ensureInstalled, root } from './setup.mjs';

/** @param {string} command @param {readonly string[]} args */
function hand(command, args) {
  const child = spawn(command, args, { cwd: root, stdio: 'inherit' });
  // The child gets the terminal's Ctrl-C itself and ends in its own time.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => void child.kill('SIGTERM'));
  child.on('exit', (code) => process.exit(code ?? 1));
}

try {
  ensureInstalled();
  ensureBuilt();
  const electron = hasScreen() ? obtainElectron() : undefined;
  const args = process.argv.slice(2);
  if (electron !== undefined) hand(electron, ['.', ...args]);
  else {
    const why = hasScreen()
      ? "Electron's program is not here and cannot be fetched"
      : 'there is no screen for a window';
    console.log(`Opening ConvCanvas in the browser instead of a window of its own: ${why}.`);
    hand(process.execPath, [join(root, 'out', 'main', 'server.js'), '--open', ...args]);
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
