import { fileURLToPath } from 'node:url';
import { utilityProcess } from 'electron';
import type { ChildLike } from '#contract/child-process.ts';
import { NO_TELEMETRY } from '#contract/telemetry.ts';

const SCRIPT = fileURLToPath(new URL('./training.js', import.meta.url));

/** Starts the training process as one of Electron's utility processes. */
export function spawnTraining(quiet: boolean): ChildLike {
  const stdio = quiet ? 'ignore' : 'inherit';
  const env = { ...process.env, ...NO_TELEMETRY };
  const child = utilityProcess.fork(SCRIPT, [], { serviceName: 'ConvCanvas training', stdio, env });
  return {
    send: (message) => child.postMessage(message),
    onMessage: (listener) => void child.on('message', listener),
    onExit: (listener) => void child.on('exit', (code) => listener(code, null)),
    kill: () => void child.kill(),
  };
}
