/** The built training process, and a client of it. */
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { childTransport } from '#contract/child-process.ts';
import { type Client, createClient } from '#contract/client.ts';
import { type EngineContract, engineContract } from '#contract/engine.ts';

export interface TrainingProcess {
  readonly child: ChildProcess;
  readonly engine: Client<EngineContract>;
}

/** The contract with a training process, however that was started. */
export function engineOf(child: ChildProcess): Client<EngineContract> {
  return createClient(
    engineContract,
    childTransport({
      send: (message) => {
        if (child.connected) child.send(message as object);
      },
      onMessage: (listener) => void child.on('message', listener),
      onExit: (listener) => void child.on('exit', listener),
      kill: () => void child.kill(),
    }),
  );
}

export function startTrainingProcess(): TrainingProcess {
  const script = join(import.meta.dirname, '..', 'out', 'main', 'training.js');
  const child = fork(script, [], { serialization: 'advanced' });
  const engine = engineOf(child);
  return { child, engine };
}
