import { Packr } from 'msgpackr/index-no-eval';
import { portTransport, type Transport } from '#contract/transport.ts';

const packr = new Packr({ useRecords: false, moreTypes: true, int64AsType: 'number' });

/** Opens the WebSocket to the server this page came from; the token is part of the page's path. */
export function connectSocket(): Promise<Transport> {
  const url = new URL('./socket', window.location.href);
  url.protocol = 'ws:';
  const socket = new WebSocket(url);
  socket.binaryType = 'arraybuffer';
  return new Promise((resolve, reject) => {
    socket.addEventListener('error', () => reject(new Error('The server did not answer.')), { once: true });
    socket.addEventListener('open', () => {
      const port = {
        postMessage: (message: unknown) => {
          if (socket.readyState === WebSocket.OPEN) socket.send(packr.pack(message));
        },
        close: () => socket.close(),
      };
      resolve(
        portTransport(port, (onMessage, onClose) => {
          socket.addEventListener('message', ({ data }) =>
            onMessage(packr.unpack(new Uint8Array(data as ArrayBuffer))),
          );
          socket.addEventListener('close', () => onClose('The server has ended or cannot be reached.'));
        }),
      );
    });
  });
}
