import type { WebSocket } from 'ws';
import { packMessage, unpackMessage } from '#contract/message-pack.ts';
import { portTransport, type Transport } from '#contract/transport.ts';

/** Bytes waiting to be sent beyond which pictures are dropped: a slow page must not fill main's memory. */
const BACKLOG = 8 * 2 ** 20;
/** Bytes waiting beyond which a page counts as gone: it reads nothing any more. It can connect again. */
const MAX_BACKLOG = 128 * 2 ** 20;
const DROPPABLE = new Set(['run.filters', 'run.activations']);

/** The contract's messages over a WebSocket. */
export function socketTransport(socket: WebSocket): Transport {
  const port = {
    postMessage: (message: unknown) => {
      const { type, name } = message as { readonly type: string; readonly name?: string };
      if (socket.bufferedAmount > BACKLOG && type === 'event' && DROPPABLE.has(name ?? '')) return;
      if (socket.bufferedAmount > MAX_BACKLOG) socket.terminate();
      else socket.send(packMessage(message));
    },
    close: () => socket.close(),
  };
  return portTransport(port, (onMessage, onClose) => {
    socket.on('message', (data, isBinary) => {
      let message: unknown;
      try {
        if (!isBinary) throw new Error('text');
        message = unpackMessage(data as Buffer);
      } catch {
        socket.close(1003, 'not a message of this program');
        return;
      }
      onMessage(message);
    });
    socket.on('close', () => onClose('The page was closed.'));
    socket.on('error', () => socket.terminate());
  });
}
