import { type IpcMainEvent, ipcMain, type MessagePortMain } from 'electron';
import { portTransport } from '#contract/transport.ts';
import type { Host } from '../host/host.ts';
import { isPage } from './page.ts';

/** The one channel between preload and main; preload/index.ts names it too. */
export const CONNECT = 'convcanvas:connect';

/** Whether a message comes from the main frame of a page of ours. */
function isOurPage({ senderFrame }: IpcMainEvent): boolean {
  return senderFrame !== null && senderFrame.parent === null && isPage(senderFrame.url);
}

/** Connects pages that ask for it. The port is theirs alone: what comes over it comes from a sender checked here. */
export function setupBridge(host: Host): void {
  ipcMain.on(CONNECT, (event) => {
    const [port] = event.ports;
    if (port === undefined) return;
    if (!isOurPage(event)) {
      port.close();
      return;
    }
    host.connect(mainPortTransport(port));
  });
}

function mainPortTransport(port: MessagePortMain) {
  const transport = portTransport(port, (onMessage, onClose) => {
    port.on('message', ({ data }) => onMessage(data));
    port.on('close', () => onClose('The window was closed.'));
  });
  port.start();
  return transport;
}
