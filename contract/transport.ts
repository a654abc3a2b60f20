/**
 * What carries the contract's messages: a MessagePort in Electron, a WebSocket in a browser, a process's IPC channel
 * beside main. Messages are structured clones: plain values and typed arrays.
 */
export interface Transport {
  send(message: unknown): void;
  /** Sets what takes the messages that arrive; called once, before any is expected. */
  onMessage(listener: (message: unknown) => void): void;
  /** Sets what is told when the other side is gone, with the reason in words. */
  onClose(listener: (reason: string) => void): void;
  close(): void;
}

/** The part of a MessagePort that all of its kinds share: a page's, a worker's, Electron's. */
interface PortLike {
  postMessage(message: unknown): void;
  close(): void;
}

/** A transport over a port, given how its kind says that a message came and that it was closed. */
export function portTransport(
  port: PortLike,
  listen: (onMessage: (message: unknown) => void, onClose: (reason: string) => void) => void,
): Transport {
  let message: (message: unknown) => void = () => undefined;
  let closed: (reason: string) => void = () => undefined;
  listen(
    (received) => message(received),
    (reason) => closed(reason),
  );
  return {
    send: (sent) => port.postMessage(sent),
    onMessage: (listener) => {
      message = listener;
    },
    onClose: (listener) => {
      closed = listener;
    },
    close: () => port.close(),
  };
}
