import { type ChildLike, childTransport } from './child-process.ts';
import { type Client, createClient } from './client.ts';
import type { OutputOf } from './define.ts';
import { type EngineContract, engineContract } from './engine.ts';
import type { DeviceId, Trial } from './schemas.ts';

/** Seconds that a device may take for its trial before it counts as unusable; longer where it is measured as well. */
const LIMIT = 30;
const MEASURED_LIMIT = 120;

export interface TrialProcesses {
  /** Starts a training process. */
  spawn(): ChildLike;
  /** Resolves after some milliseconds, without keeping the process alive. */
  wait(milliseconds: number): Promise<unknown>;
}

/**
 * Tries every device that this machine may have, one after the other, each in a training process of its own: a broken
 * driver may hang it or take it down. It adds two numbers; the network in hand is compared with the CPU before a run.
 *
 * @param measure compares a training step of LeNet-5 with the CPU's, and tells its images a second, the CPU's too
 */
export async function tryDevices({ spawn, wait }: TrialProcesses, measure: boolean): Promise<Trial[]> {
  const seconds = measure ? MEASURED_LIMIT : LIMIT;
  const within = <T>(work: Promise<T>): Promise<T> => {
    const expired = wait(1000 * seconds).then(() => {
      throw new Error(`it did not answer within ${seconds} seconds`);
    });
    return Promise.race([work, expired]);
  };
  const start = () => createClient(engineContract, childTransport(spawn()));
  const trials: Trial[] = [];
  // The process that tells what there may be tries the first of it: starting one takes as long as most trials.
  let fresh: Client<EngineContract> | undefined = start();
  try {
    const possible = await within(fresh.call('devices.possible', {})).catch(() => []);
    for (const { device, obstacle } of possible) {
      if (obstacle !== '') trials.push({ device, usable: false, reason: obstacle });
      else if (device !== 'cpu' || measure) {
        const engine: Client<EngineContract> = fresh ?? start();
        fresh = undefined;
        trials.push(await outcome(device, within(engine.call('device.try', { device, measure }))));
        engine.close();
      }
    }
  } finally {
    fresh?.close();
  }
  return trials;
}

async function outcome(device: DeviceId, trial: Promise<OutputOf<EngineContract, 'device.try'>>): Promise<Trial> {
  try {
    const { imagesPerSecond } = await trial;
    return { device, usable: true, reason: '', ...(imagesPerSecond !== null && { imagesPerSecond }) };
  } catch (error) {
    return { device, usable: false, reason: (error instanceof Error ? error.message : String(error)).slice(0, 500) };
  }
}
