import { z } from 'zod';
import {
  CallError,
  type CallName,
  type Contract,
  ERROR_CODES,
  type EventName,
  type InputOf,
  type OutputOf,
  type PayloadOf,
  type Reply,
} from './define.ts';
import type { Transport } from './transport.ts';

/** The asking side of a contract. */
export interface Client<C extends Contract> {
  /** Throws CallError where the other side refuses, fails or is gone. */
  call<N extends CallName<C>>(name: N, input: InputOf<C, N>): Promise<OutputOf<C, N>>;
  /** Answers a function that stops listening. */
  on<N extends EventName<C>>(name: N, listener: (payload: PayloadOf<C, N>) => void): () => void;
  onClose(listener: (reason: string) => void): () => void;
  close(): void;
}

const message = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('reply'),
    id: z.int().nonnegative(),
    reply: z.discriminatedUnion('ok', [
      z.object({ ok: z.literal(true), value: z.unknown() }),
      z.object({ ok: z.literal(false), error: z.object({ code: z.enum(ERROR_CODES), message: z.string() }) }),
    ]),
  }),
  z.object({ type: z.literal('event'), name: z.string(), payload: z.unknown() }),
]);

export function createClient<C extends Contract>(_contract: C, transport: Transport): Client<C> {
  const waiting = new Map<number, (reply: Reply) => void>();
  const listeners = new Map<string, Set<(payload: never) => void>>();
  const closeListeners = new Set<(reason: string) => void>();
  let lastId = 0;
  let closed: string | undefined;

  transport.onMessage((received) => {
    const { data } = message.safeParse(received);
    // A server of ours never sends anything else.
    if (data === undefined) return;
    if (data.type === 'reply') {
      waiting.get(data.id)?.(data.reply);
      waiting.delete(data.id);
    } else {
      for (const listener of listeners.get(data.name) ?? []) listener(data.payload as never);
    }
  });
  transport.onClose((reason) => {
    if (closed !== undefined) return;
    closed = reason;
    for (const answer of waiting.values()) answer({ ok: false, error: { code: 'closed', message: reason } });
    waiting.clear();
    for (const listener of closeListeners) listener(reason);
  });

  return {
    call: (name, input) =>
      new Promise((resolve, reject) => {
        if (closed !== undefined) {
          reject(new CallError('closed', closed));
          return;
        }
        lastId += 1;
        waiting.set(lastId, (reply) => {
          if (reply.ok) resolve(reply.value as never);
          else reject(new CallError(reply.error.code, reply.error.message));
        });
        transport.send({ type: 'call', id: lastId, name, input });
      }),
    on: (name, listener) => subscribe(listeners, name, listener as (payload: never) => void),
    onClose: (listener) => {
      closeListeners.add(listener);
      return () => closeListeners.delete(listener);
    },
    close: () => transport.close(),
  };
}

function subscribe(
  listeners: Map<string, Set<(payload: never) => void>>,
  name: string,
  listener: (payload: never) => void,
): () => void {
  const set = listeners.get(name) ?? new Set();
  listeners.set(name, set.add(listener));
  return () => set.delete(listener);
}
