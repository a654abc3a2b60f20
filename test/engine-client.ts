/** The training process's side of its contract in this process, over a channel, and a client that remembers what it heard. */
import { MessageChannel } from 'node:worker_threads';
import { expect, onTestFinished } from 'vitest';
import { createClient } from '#contract/client.ts';
import { type EngineContract, engineContract } from '#contract/engine.ts';
import type { EpochMetrics, RunStatus } from '#contract/schemas.ts';
import { type Server, serve } from '#contract/serve.ts';
import { type FileSystem, nodeFileSystem } from '#disk/file-system.ts';
import { Engine } from '#main/training/engine.ts';
import { nodePort } from './node-port.ts';
import { RUN } from './run-id.ts';

export { RUN };

/** @param files what runs' folders are written with */
export function connectEngine(files: FileSystem = nodeFileSystem) {
  const { port1, port2 } = new MessageChannel();
  const emit: Server<EngineContract>['emit'] = (name, payload) => server.emit(name, payload);
  const server = serve(engineContract, nodePort(port1), new Engine(emit, { ...(files && { files }) }).handlers);
  const client = createClient(engineContract, nodePort(port2));
  onTestFinished(async () => {
    await client.call('run.stop', { run: RUN });
    port1.close();
  });
  const statuses: RunStatus[] = [];
  const losses: number[] = [];
  const epochs: EpochMetrics[] = [];
  let message = '';
  let before = 0;
  const waiting = new Map<RunStatus, () => void>();
  client.on('run.status', (event) => {
    if (event.status === 'preparing') losses.length = 0;
    statuses.push(event.status);
    message = event.message;
    waiting.get(event.status)?.();
  });
  client.on('run.steps', (metrics) => {
    if (losses.length === 0) before = metrics.first - 1;
    expect(metrics.first).toBe(before + losses.length + 1);
    losses.push(...metrics.losses);
  });
  client.on('run.epoch', (metrics) => epochs.push(metrics));
  const reaches = (status: RunStatus) =>
    new Promise<void>((resolve) => {
      if (statuses.includes(status)) resolve();
      else waiting.set(status, resolve);
    });
  const ends = () => Promise.race([reaches('finished'), reaches('failed'), reaches('stopped')]);
  return { client, statuses, losses, epochs, reaches, ends, message: () => message };
}
