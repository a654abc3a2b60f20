import { basename, join } from 'node:path';
import { app, BrowserWindow, dialog, type OpenDialogOptions } from 'electron';

/** The window a dialog belongs to. */
function parent(): BrowserWindow | undefined {
  return BrowserWindow.getFocusedWindow() ?? BrowserWindow.getAllWindows()[0];
}

async function pick(options: OpenDialogOptions): Promise<string | null> {
  const window = parent();
  const { filePaths } = await (window ? dialog.showOpenDialog(window, options) : dialog.showOpenDialog(options));
  return filePaths[0] ?? null;
}

export function pickDesign(): Promise<string | null> {
  return pick({ properties: ['openFile'], filters: [{ name: 'ConvCanvas design', extensions: ['convcanvas'] }] });
}

export function pickDataFolder(): Promise<string | null> {
  return pick({ properties: ['openDirectory'], message: 'A folder with a data set in IDX files' });
}

export async function exportTarget(name: string): Promise<{ path: string; download: null } | null> {
  const options = {
    defaultPath: join(app.getPath('documents'), basename(name)),
    filters: [{ name: 'ONNX model', extensions: ['onnx'] }],
  };
  const window = parent();
  const { filePath } = await (window ? dialog.showSaveDialog(window, options) : dialog.showSaveDialog(options));
  return filePath ? { path: filePath, download: null } : null;
}
