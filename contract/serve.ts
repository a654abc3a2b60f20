import { z } from 'zod';
import { plainText } from '#core/plain-text.ts';
import { describeFaults, schemaWords } from '#core/schema-words.ts';
import {
  CallError,
  type CallName,
  type Contract,
  type EventName,
  type InputOf,
  type OutputOf,
  type PayloadOf,
  type Reply,
} from './define.ts';
import type { Transport } from './transport.ts';

/**
 * One function for every call of a contract. What it throws reaches the caller as a message for the user.
 *
 * @template Caller what the server knows of who calls
 */
export type Handlers<C extends Contract, Caller = undefined> = {
  readonly [N in CallName<C>]: (input: InputOf<C, N>, caller: Caller) => Promise<OutputOf<C, N>> | OutputOf<C, N>;
};

/** The answering side of a contract. */
export interface Server<C extends Contract> {
  emit<N extends EventName<C>>(name: N, payload: PayloadOf<C, N>): void;
  close(): void;
}

const envelope = z.strictObject({
  type: z.literal('call'),
  id: z.int().nonnegative(),
  name: z.string().max(100),
  input: z.unknown(),
});

/** Answers the calls that come over a transport. Everything that arrives is parsed first; what does not fit is refused. */
export function serve<C extends Contract>(contract: C, transport: Transport, handlers: Handlers<C>): Server<C>;
export function serve<C extends Contract, Caller>(
  contract: C,
  transport: Transport,
  handlers: Handlers<C, Caller>,
  caller: Caller,
): Server<C>;
export function serve<C extends Contract, Caller>(
  contract: C,
  transport: Transport,
  handlers: Handlers<C, Caller | undefined>,
  caller?: Caller,
): Server<C> {
  transport.onMessage((received) => {
    const message = envelope.safeParse(received);
    // Without an id there is nobody to answer; a client of ours never sends such a message.
    if (!message.success) return;
    const { id, name, input } = message.data;
    answer(contract, handlers, name, input, caller)
      .then((reply) => transport.send({ type: 'reply', id, reply }))
      // What cannot be sent would be waited for in vain.
      .catch(() => transport.close());
  });
  return {
    emit: (name, payload) => transport.send({ type: 'event', name, payload }),
    close: () => transport.close(),
  };
}

async function answer<C extends Contract, Caller>(
  contract: C,
  handlers: Handlers<C, Caller>,
  name: string,
  input: unknown,
  caller: Caller,
): Promise<Reply> {
  const spec = Object.hasOwn(contract.calls, name) ? contract.calls[name] : undefined;
  if (spec === undefined) return refuse('bad-input', `There is no call "${name.slice(0, 40)}".`);
  const parsed = spec.input.safeParse(input, { error: schemaWords });
  if (!parsed.success) return refuse('bad-input', `${name}: ${describeFaults(parsed.error, 'its input')}.`);
  try {
    const handler = handlers[name as CallName<C>] as (input: unknown, caller: Caller) => unknown;
    return { ok: true, value: await handler(parsed.data, caller) };
  } catch (error) {
    if (error instanceof CallError) return refuse(error.code, error.message);
    return refuse('failed', error instanceof Error ? error.message : String(error));
  }
}

function refuse(code: CallError['code'], message: string): Reply {
  // Messages quote names of files and what was in them.
  return { ok: false, error: { code, message: plainText(message) } };
}
