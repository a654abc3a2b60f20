import { portTransport, type Transport } from '#contract/transport.ts';

/** preload/index.ts listens for this word and answers with a port. */
const CONNECT = 'convcanvas:connect';

/** Asks the preload script for the port to main (Electron). */
export function connectPort(): Promise<Transport> {
  return new Promise((resolve) => {
    window.addEventListener('message', function listen({ source, data, ports }) {
      const [port] = ports;
      if (source !== window || data !== `${CONNECT}ed` || port === undefined) return;
      window.removeEventListener('message', listen);
      resolve(
        portTransport(port, (onMessage, onClose) => {
          port.onmessage = (event) => onMessage(event.data);
          port.addEventListener('close', () => onClose('ConvCanvas has ended.'));
        }),
      );
    });
    window.postMessage(CONNECT, window.location.origin);
  });
}
