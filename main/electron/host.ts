import { join } from 'node:path';
import { app } from 'electron';
import { Host } from '../host/host.ts';
import { exportTarget, pickDataFolder, pickDesign } from './dialogs.ts';
import { spawnTraining } from './training-child.ts';

/** Main's side of the contract with Electron's dialogs, places and processes. It ends with the app. */
export function createHost(): Host {
  const host = new Host({
    shell: 'electron',
    designsFolder: join(app.getPath('documents'), 'ConvCanvas'),
    stateFolder: app.getPath('userData'),
    runtime: `Electron ${process.versions['electron'] ?? ''}`,
    spawnTraining,
    pickDesign,
    pickDataFolder,
    exportTarget,
  });
  app.on('will-quit', () => host.close());
  return host;
}
