import { type ChildLike, childTransport } from './child-process.ts';
import { createClient } from './client.ts';
import { engineContract } from './engine.ts';
import type { DeviceId, Trial } from './schemas.ts';

/** Milliseconds that a device may take for its trial before it counts as unusable. */
const TRIAL_LIMIT = 30_000;

export interface TrialProcesses {
  /** Starts a training process. */
  spawn(): ChildLike;
  /** Resolves after some milliseconds, without keeping the process alive. */
  wait(milliseconds: number): Promise<unknown>;
}

/**
 * Tries every device that this machine may have, one after the other, each in a training process of its own: a broken
 * driver may hang it or take it down. A device agrees where a training step of LeNet-5 on it gives what the CPU gives.
 *
 * @param measure also tells how many images a second LeNet-5 trains on, the CPU's too
 */
export async function tryDevices(processes: TrialProcesses, measure: boolean): Promise<Trial[]> {
  const known = await inProcess(processes, (engine) => engine.call('devices.possible', {})).catch(() => []);
  const trials: Trial[] = [];
  for (const { device, obstacle } of known) {
    if (device === 'cpu' && !measure) continue;
    trials.push(
      obstacle === '' ? await tryDevice(processes, device, measure) : { device, usable: false, reason: obstacle },
    );
  }
  return trials;
}

async function tryDevice(processes: TrialProcesses, device: DeviceId, measure: boolean): Promise<Trial> {
  try {
    const { imagesPerSecond } = await inProcess(processes, (engine) => engine.call('device.try', { device, measure }));
    return { device, usable: true, reason: '', ...(imagesPerSecond !== null && { imagesPerSecond }) };
  } catch (error) {
    return { device, usable: false, reason: (error instanceof Error ? error.message : String(error)).slice(0, 500) };
  }
}

async function inProcess<T>(
  { spawn, wait }: TrialProcesses,
  work: (engine: ReturnType<typeof createClient<typeof engineContract>>) => Promise<T>,
): Promise<T> {
  const client = createClient(engineContract, childTransport(spawn()));
  try {
    const expired = wait(TRIAL_LIMIT).then(() => {
      throw new Error(`it did not answer within ${TRIAL_LIMIT / 1000} seconds`);
    });
    return await Promise.race([work(client), expired]);
  } finally {
    client.close();
  }
}
