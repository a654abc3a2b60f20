/** Entry of Electron's main process. */
import { app } from 'electron';
import { setupBridge } from './electron/bridge.ts';
import { claimHome } from './electron/home.ts';
import { createHost } from './electron/host.ts';
import { setupMenu } from './electron/menu.ts';
import { setupOpenedFiles } from './electron/opened-files.ts';
import { setupPermissions } from './electron/permissions.ts';
import { registerScheme, setupProtocol } from './electron/protocol.ts';
import { setupSingleInstance } from './electron/single-instance.ts';
import { createWindow, setupWindows } from './electron/window.ts';

async function start(): Promise<void> {
  if (!setupSingleInstance()) return;
  registerScheme();
  setupWindows();
  const opened = setupOpenedFiles();
  await app.whenReady();
  setupPermissions();
  setupProtocol();
  const home = await claimHome();
  if (home === undefined) return;
  const host = createHost(home);
  setupBridge(host);
  setupMenu(host);
  opened.deliverTo(host);
  await createWindow();
}

void start();
