import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { app } from 'electron';
import { removeLeftoversIn } from '../files/leftovers.ts';
import { chosenFolders } from '../host/folders.ts';
import type { Home } from '../host/home.ts';
import { Host } from '../host/host.ts';
import { exportTarget, pickDataFolder, pickDesign } from './dialogs.ts';
import { spawnTraining } from './training-child.ts';

/** Milliseconds that the end of the app waits for designs that are still being saved. */
const LONGEST_FAREWELL = 3000;

/** Main's side of the contract with Electron's dialogs, places and processes. It ends with the app. */
export function createHost(home: Home): Host {
  const folders = chosenFolders() ?? {
    designs: join(app.getPath('documents'), 'ConvCanvas'),
    state: app.getPath('userData'),
  };
  void removeLeftoversIn(folders);
  const host = new Host({
    shell: 'electron',
    designsFolder: folders.designs,
    stateFolder: folders.state,
    runtime: `Electron ${process.versions['electron'] ?? ''}`,
    spawnTraining,
    pickDesign,
    pickDataFolder,
    exportTarget,
  });
  app.once('will-quit', (event) => {
    event.preventDefault();
    void Promise.race([host.drained(), setTimeout(LONGEST_FAREWELL)]).then(async () => {
      host.close();
      await home.leave();
      app.quit();
    });
  });
  return host;
}
