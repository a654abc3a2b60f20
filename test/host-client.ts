/** Main's side of its contract in this process, with the training process in it too, and pages that are connected to it. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { onTestFinished } from 'vitest';
import { appContract, type RunEntry } from '#contract/app/index.ts';
import type { ChildLike } from '#contract/child-process.ts';
import { createClient } from '#contract/client.ts';
import { type EngineContract, engineContract } from '#contract/engine.ts';
import type { RunStatus } from '#contract/schemas.ts';
import { type Server, serve } from '#contract/serve.ts';
import { type FileSystem, nodeFileSystem } from '#disk/file-system.ts';
import { Host } from '#main/host/host.ts';
import { Engine } from '#main/training/engine.ts';
import { nodePort } from './node-port.ts';
import { temporaryFolder } from './temporary.ts';

/** A training process that is none: its engine works here, and ends when it is killed; `ends` gets when it has. */
function engineHere(files: FileSystem, ends: Promise<void>[]): ChildLike {
  const { port1, port2 } = new MessageChannel();
  const emit: Server<EngineContract>['emit'] = (name, payload) => server.emit(name, payload);
  const engine = new Engine(emit, { ...(files && { files }) });
  const server = serve(engineContract, nodePort(port1), engine.handlers);
  return {
    send: (message) => port2.postMessage(message),
    onMessage: (listener) => void port2.on('message', listener),
    onExit: (listener) => void port2.on('close', () => listener(null, 'SIGKILL')),
    kill: () => {
      port1.close();
      ends.push(engine.close());
    },
  };
}

/**
 * A host with a home of its own; it ends with the test.
 *
 * @param files what runs' folders are written with
 */
export function startHost(home = temporaryFolder(), files: FileSystem = nodeFileSystem) {
  const exports: string[] = [];
  const children: ChildLike[] = [];
  const ends: Promise<void>[] = [];
  const host = new Host({
    shell: 'browser',
    designsFolder: join(home, 'designs'),
    stateFolder: join(home, 'state'),
    runtime: 'test',
    spawnTraining: () => {
      const child = engineHere(files, ends);
      children.push(child);
      return child;
    },
    pickDesign: async () => null,
    pickDataFolder: async () => null,
    exportTarget: async (name) => {
      const path = join(home, `${randomUUID()}-${name}`);
      exports.push(path);
      return { path, download: null };
    },
  });
  onTestFinished(() => host.close());
  /** Resolves when the training processes that were killed have let go of their runs, as real ones do at once. */
  const gone = async () => void (await Promise.all(ends));
  return { host, home, children, gone, exports, page: () => connectPage(host) };
}

/** A page: a client, and what it heard of runs. */
function connectPage(host: Host) {
  const { port1, port2 } = new MessageChannel();
  host.connect(nodePort(port1));
  const client = createClient(appContract, nodePort(port2));
  onTestFinished(() => port2.close());
  const entries = new Map<string, RunEntry>();
  const waiting = new Set<() => void>();
  client.on('runs.changed', (entry) => {
    entries.set(entry.id, entry);
    for (const look of waiting) look();
  });
  /** Resolves once a run has this status. */
  const reaches = (run: string, ...wanted: readonly RunStatus[]) =>
    new Promise<RunEntry>((resolve) => {
      const look = () => {
        const entry = entries.get(run);
        if (entry === undefined || !wanted.includes(entry.status)) return;
        waiting.delete(look);
        resolve(entry);
      };
      waiting.add(look);
      look();
    });
  const ends = (run: string) => reaches(run, 'finished', 'stopped', 'failed');
  return { ...client, entries, reaches, ends, close: () => port2.close() };
}
