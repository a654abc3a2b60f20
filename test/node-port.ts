import type { MessagePort } from 'node:worker_threads';
import { portTransport, type Transport } from '#contract/transport.ts';

/** A transport over a port of Node's. */
export function nodePort(port: MessagePort): Transport {
  return portTransport(port, (onMessage, onClose) => {
    port.on('message', onMessage);
    port.on('close', () => onClose('closed'));
  });
}
