import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { childTransport } from '#contract/child-process.ts';
import { type Client, createClient } from '#contract/client.ts';
import { type EngineContract, engineContract } from '#contract/engine.ts';

/** Starts a training process and answers the client that speaks to it; closing the client ends the process. */
export function startEngine(): Client<EngineContract> {
  const script = fileURLToPath(new URL('./training.js', import.meta.url));
  const child = fork(script, [], { serialization: 'advanced', stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  return createClient(
    engineContract,
    childTransport({
      send: (message) => void child.send(message as object),
      onMessage: (listener) => void child.on('message', listener),
      onExit: (listener) => void child.on('exit', listener),
      kill: () => void child.kill(),
    }),
  );
}

/** Runs some work with a training process that is gone afterwards. */
export async function withEngine<T>(work: (engine: Client<EngineContract>) => Promise<T>): Promise<T> {
  const engine = startEngine();
  try {
    return await work(engine);
  } finally {
    engine.close();
  }
}
