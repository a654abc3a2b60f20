import { portTransport, type Transport } from './transport.ts';

/** What a forked Node process and an Electron utility process share, in words that need neither's types. */
export interface ChildLike {
  /** Whether the message could be sent: not once the process has ended. */
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  onExit(listener: (code: number | null, signal: string | null) => void): void;
  kill(): void;
}

/** How a process ended, in words. */
export function exitReason(code: number | null, signal: string | null): string {
  if (signal === 'SIGKILL') return 'was killed (SIGKILL: by the system when memory runs out, or by hand)';
  if (signal !== null) return `was ended by ${signal}`;
  return code === 0 ? 'has ended' : `ended unexpectedly with code ${code}`;
}

/** The contract's messages over the channel to a child process. */
export function childTransport(child: ChildLike): Transport {
  let gone = false;
  const port = {
    postMessage: (message: unknown) => {
      if (!gone) child.send(message);
    },
    close: () => child.kill(),
  };
  return portTransport(port, (onMessage, onClose) => {
    child.onMessage(onMessage);
    child.onExit((code, signal) => {
      gone = true;
      onClose(`The training process ${exitReason(code, signal)}.`);
    });
  });
}
