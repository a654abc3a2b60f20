import type { z } from 'zod';

/** A question one side asks and the other answers. */
export interface Call<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  readonly input: I;
  readonly output: O;
}

/** All that may cross a border: calls from the client to the server, events from the server to the client. */
export interface Contract {
  readonly calls: Readonly<Record<string, Call>>;
  readonly events: Readonly<Record<string, z.ZodType>>;
}

export type CallName<C extends Contract> = keyof C['calls'] & string;
export type EventName<C extends Contract> = keyof C['events'] & string;
export type InputOf<C extends Contract, N extends CallName<C>> = z.infer<C['calls'][N]['input']>;
export type OutputOf<C extends Contract, N extends CallName<C>> = z.infer<C['calls'][N]['output']>;
export type PayloadOf<C extends Contract, N extends EventName<C>> = z.infer<C['events'][N]>;

export function call<I extends z.ZodType, O extends z.ZodType>(input: I, output: O): Call<I, O> {
  return { input, output };
}

export function defineContract<const C extends Contract>(contract: C): C {
  return contract;
}

/** Why a call was not done. */
export const ERROR_CODES = ['bad-input', 'refused', 'failed', 'closed'] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

export type Reply =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: { readonly code: ErrorCode; readonly message: string } };

/** A call that was not done; the message is for the user. */
export class CallError extends Error {
  override readonly name = 'CallError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
