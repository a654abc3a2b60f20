import { packMessage, unpackMessage } from '#contract/message-pack.ts';
import { portTransport, type Transport } from '#contract/transport.ts';

/** A close code that a program may choose (RFC 6455, section 7.4.2): pages may not send 1003. */
const NOT_A_MESSAGE = 4003;

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
          if (socket.readyState === WebSocket.OPEN) socket.send(packMessage(message) as Uint8Array<ArrayBuffer>);
        },
        close: () => socket.close(),
      };
      resolve(
        portTransport(port, (onMessage, onClose) => {
          socket.addEventListener('message', ({ data }) => {
            let message: unknown;
            try {
              message = unpackMessage(new Uint8Array(data as ArrayBuffer));
            } catch {
              // What sends this is not our server, or no longer.
              socket.close(NOT_A_MESSAGE, 'not a message of this program');
              return;
            }
            onMessage(message);
          });
          socket.addEventListener('close', () => onClose('The server has ended or cannot be reached.'));
        }),
      );
    });
  });
}
