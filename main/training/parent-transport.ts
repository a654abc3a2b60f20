import { portTransport, type Transport } from '#contract/transport.ts';

/** What Electron gives a utility process; typed here so that this file needs no Electron. */
interface ParentPort {
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): void;
  postMessage(message: unknown): void;
}

/** The channel to the process that started this one, whichever kind started it. */
export function parentTransport(): Transport {
  const { parentPort } = process as unknown as { readonly parentPort?: ParentPort };
  if (parentPort !== undefined) {
    // Electron ends a utility process with its parent; there is nothing to close.
    const port = { postMessage: (message: unknown) => parentPort.postMessage(message), close: () => process.exit(0) };
    return portTransport(port, (onMessage) => parentPort.on('message', ({ data }) => onMessage(data)));
  }
  if (process.send === undefined) throw new Error('The training process must be started by ConvCanvas.');
  const port = {
    // A message that can no longer be delivered is no fault: `disconnect` follows.
    postMessage: (message: unknown) => void process.send?.(message, undefined, {}, () => undefined),
    close: () => process.disconnect(),
  };
  return portTransport(port, (onMessage, onClose) => {
    process.on('message', onMessage);
    process.on('disconnect', () => onClose('The program that started this process has ended.'));
  });
}
