/**
 * Entry of the training process: an Electron utility process, or a Node process forked by the server or the command
 * line. It answers the engine's contract on the channel to its parent and ends when the parent is gone.
 */
import { type EngineContract, engineContract } from '#contract/engine.ts';
import { type Server, serve } from '#contract/serve.ts';
import { WorkerDecoder } from '../datasets/worker-decoder.ts';
import { Engine } from './engine.ts';
import { parentTransport } from './parent-transport.ts';

function main(): void {
  // Ctrl-C in a terminal reaches every process of the group; the parent decides what to stop.
  process.on('SIGINT', () => undefined);
  const transport = parentTransport();
  const openDecoder = () => new WorkerDecoder(new URL('./image-worker.js', import.meta.url));
  const emit: Server<EngineContract>['emit'] = (name, payload) => server.emit(name, payload);
  const server = serve(engineContract, transport, new Engine(emit, { openDecoder }).handlers);
  transport.onClose(() => process.exit(0));
}

main();
