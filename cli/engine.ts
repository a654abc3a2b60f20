import { fork } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type ChildLike, childTransport } from '#contract/child-process.ts';
import { type Client, createClient } from '#contract/client.ts';
import { tryDevices } from '#contract/device-trials.ts';
import { type EngineContract, engineContract } from '#contract/engine.ts';
import type { Trial } from '#contract/schemas.ts';
import { NO_TELEMETRY } from '#contract/telemetry.ts';

/** The one run of a command. */
export const RUN = 'command-line';

/** @param quiet without what drivers print: for a trial that may well fail */
function spawnTraining(quiet = false): ChildLike {
  const script = fileURLToPath(new URL('./training.js', import.meta.url));
  const output = quiet ? 'ignore' : 'inherit';
  const child = fork(script, [], {
    env: { ...process.env, ...NO_TELEMETRY },
    serialization: 'advanced',
    stdio: ['ignore', output, output, 'ipc'],
  });
  return {
    send: (message) => {
      if (child.connected) child.send(message as object);
    },
    onMessage: (listener) => void child.on('message', listener),
    onExit: (listener) => void child.on('exit', listener),
    kill: () => void child.kill(),
  };
}

/** Runs some work with a training process that is gone afterwards. */
export async function withEngine<T>(work: (engine: Client<EngineContract>) => Promise<T>): Promise<T> {
  const engine = createClient(engineContract, childTransport(spawnTraining()));
  try {
    return await work(engine);
  } finally {
    engine.close();
  }
}

/** Which devices can be used, each tried in a process of its own. */
export function triedDevices(measure = false): Promise<Trial[]> {
  const wait = (milliseconds: number) => setTimeout(milliseconds, undefined, { ref: false });
  return tryDevices({ spawn: () => spawnTraining(true), wait }, measure);
}
