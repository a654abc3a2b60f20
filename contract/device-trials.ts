import { type ChildLike, childTransport } from './child-process.ts';
import { type Client, createClient } from './client.ts';
import type { OutputOf } from './define.ts';
import { type EngineContract, engineContract } from './engine.ts';
import type { DeviceId, Trial } from './schemas.ts';

/** Milliseconds that a device may take for its trial before it counts as unusable; longer where it is measured as well. */
const LIMIT = 30_000;
const MEASURED_LIMIT = 120_000;

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
export async function tryDevices(processes: TrialProcesses, measure: boolean): Promise<Trial[]> {
  let known: readonly Possible[] = [];
  const tried = new Map<DeviceId, Trial>();
  const limit = measure ? MEASURED_LIMIT : LIMIT;
  const worthTrying = ({ device, obstacle }: Possible) => obstacle === '' && (device !== 'cpu' || measure);
  // The process that tells what there may be tries the first of it: starting one takes as long as most trials.
  await inProcess(processes, limit, async (engine) => {
    known = await engine.call('devices.possible', {});
    const first = known.find(worthTrying);
    if (first !== undefined)
      tried.set(
        first.device,
        await tryDevice(() => engine.call('device.try', { device: first.device, measure }), first.device),
      );
  }).catch(() => undefined);
  for (const possible of known.filter(worthTrying)) {
    const { device } = possible;
    if (tried.has(device)) continue;
    const trial = () => inProcess(processes, limit, (engine) => engine.call('device.try', { device, measure }));
    tried.set(device, await tryDevice(trial, device));
  }
  return known.flatMap(({ device, obstacle }): Trial[] => {
    if (obstacle !== '') return [{ device, usable: false, reason: obstacle }];
    const trial = tried.get(device);
    return trial === undefined ? [] : [trial];
  });
}

type Possible = OutputOf<EngineContract, 'devices.possible'>[number];

async function tryDevice(
  work: () => Promise<OutputOf<EngineContract, 'device.try'>>,
  device: DeviceId,
): Promise<Trial> {
  try {
    const { imagesPerSecond } = await work();
    return { device, usable: true, reason: '', ...(imagesPerSecond !== null && { imagesPerSecond }) };
  } catch (error) {
    return { device, usable: false, reason: (error instanceof Error ? error.message : String(error)).slice(0, 500) };
  }
}

async function inProcess<T>(
  { spawn, wait }: TrialProcesses,
  limit: number,
  work: (engine: Client<EngineContract>) => Promise<T>,
): Promise<T> {
  const client = createClient(engineContract, childTransport(spawn()));
  try {
    const expired = wait(limit).then(() => {
      throw new Error(`it did not answer within ${limit / 1000} seconds`);
    });
    return await Promise.race([work(client), expired]);
  } finally {
    client.close();
  }
}
