import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { app, BrowserWindow, nativeTheme } from 'electron';
import { guard } from './guard.ts';
import { isPage, PAGE_URL } from './page.ts';

const PRELOAD = fileURLToPath(new URL('../preload/index.cjs', import.meta.url));

/** Rules for every window there will ever be: no navigation away, no new windows, no webviews; ends with the last one. */
export function setupWindows(): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
    contents.on('will-navigate', (event) => {
      if (!isPage(event.url)) event.preventDefault();
    });
    contents.on('will-attach-webview', (event) => event.preventDefault());
  });
  app.on('window-all-closed', () => app.quit());
}

export async function createWindow(): Promise<BrowserWindow> {
  const window = new BrowserWindow({
    width: 1440,
    height: 900,
    minWidth: 960,
    minHeight: 600,
    show: false,
    title: 'ConvCanvas',
    icon: join(app.getAppPath(), 'assets', 'icon.png'),
    // The page's own background, so that nothing flashes before it is drawn.
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#14171c' : '#f6f7f9',
    webPreferences: {
      preload: PRELOAD,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
    },
  });
  guard(window);
  window.once('ready-to-show', () => window.show());
  await window.loadURL(PAGE_URL);
  return window;
}
