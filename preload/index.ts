/** Hands the page one end of a channel whose other end main holds. Nothing else crosses from here to the page. */
import { ipcRenderer } from 'electron';

const CONNECT = 'convcanvas:connect';

window.addEventListener('message', ({ source, origin, data }) => {
  if (source !== window || origin !== window.location.origin || data !== CONNECT) return;
  const { port1, port2 } = new MessageChannel();
  ipcRenderer.postMessage(CONNECT, null, [port1]);
  window.postMessage(`${CONNECT}ed`, window.location.origin, [port2]);
});
