/**
 * Entry of the training process: an Electron utility process, or a Node process forked by the server or the command
 * line. It answers the engine's contract on the channel to its parent and ends when the parent is gone.
 */

import type { EngineContract } from '#contract/engine.ts';
import { engineContract } from '#contract/engine.ts';
import { type Server, serve } from '#contract/serve.ts';
import { BACKENDS, type BackendName } from './backend.ts';
import { PROBE, probe } from './devices.ts';
import { Engine } from './engine.ts';
import { parentTransport } from './parent-transport.ts';

function main(): void {
  const [, , first, second] = process.argv;
  if (first === PROBE) {
    void probe(BACKENDS.find((name): name is BackendName => name === second) ?? 'cpu').then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
        process.exit(1);
      },
    );
    return;
  }
  // Ctrl-C in a terminal reaches every process of the group; the parent decides what to stop.
  process.on('SIGINT', () => undefined);
  const transport = parentTransport();
  const emit: Server<EngineContract>['emit'] = (name, payload) => server.emit(name, payload);
  const server = serve(engineContract, transport, new Engine(emit).handlers);
  transport.onClose(() => process.exit(0));
}

main();
