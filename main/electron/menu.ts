import { app, Menu, type MenuItemConstructorOptions } from 'electron';
import type { AppContract } from '#contract/app/index.ts';
import type { PayloadOf } from '#contract/define.ts';
import type { Host } from '../host/host.ts';

type Command = PayloadOf<AppContract, 'menu.command'>['command'];

/** The application menu. What it offers is done by the page, which has the same commands as buttons and keys. */
export function setupMenu(host: Host): void {
  const item = (label: string, command: Command, accelerator?: string): MenuItemConstructorOptions => ({
    label,
    ...(accelerator !== undefined && { accelerator, registerAccelerator: false }),
    click: () => host.publish('menu.command', { command }),
  });
  const isMac = process.platform === 'darwin';
  const about = item('About ConvCanvas', 'about');
  const ofApp: MenuItemConstructorOptions = {
    label: app.name,
    submenu: [
      about,
      { type: 'separator' },
      { role: 'services' },
      { type: 'separator' },
      { role: 'hide' },
      { role: 'hideOthers' },
      { role: 'unhide' },
      { type: 'separator' },
      { role: 'quit' },
    ],
  };
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      ...(isMac ? [ofApp] : []),
      {
        label: 'File',
        submenu: [
          item('New…', 'new', 'CmdOrCtrl+N'),
          item('Open…', 'open', 'CmdOrCtrl+O'),
          { type: 'separator' },
          item('Export ONNX…', 'export', 'CmdOrCtrl+E'),
          { type: 'separator' },
          { role: isMac ? 'close' : 'quit' },
        ],
      },
      {
        label: 'Edit',
        submenu: [
          item('Undo', 'undo', 'CmdOrCtrl+Z'),
          item('Redo', 'redo', 'CmdOrCtrl+Shift+Z'),
          { type: 'separator' },
          { role: 'cut' },
          { role: 'copy' },
          { role: 'paste' },
          { role: 'selectAll' },
        ],
      },
      {
        label: 'View',
        submenu: [
          item('Fit the network', 'fit'),
          { type: 'separator' },
          { role: 'resetZoom' },
          { role: 'zoomIn' },
          { role: 'zoomOut' },
          { role: 'togglefullscreen' },
        ],
      },
      { role: 'windowMenu' },
      ...(isMac ? [] : [{ label: 'Help', submenu: [about] }]),
    ]),
  );
}
