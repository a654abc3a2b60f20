import { type ChildLike, childTransport } from './child-process.ts';
import { createClient } from './client.ts';
import { engineContract } from './engine.ts';
import type { GpuVerdict } from './schemas.ts';

/** Milliseconds that a GPU may take to add two numbers before it counts as unusable. */
export const TRIAL_LIMIT = 20_000;

/**
 * Tries the GPU in a training process of its own, which a broken driver may hang or take down.
 *
 * @param spawn starts a training process
 * @param expired resolves when the trial has taken too long
 */
export async function tryGpu(spawn: () => ChildLike, expired: Promise<unknown>): Promise<GpuVerdict> {
  const client = createClient(engineContract, childTransport(spawn()));
  const failed = (reason: string): GpuVerdict => ({ usable: false, reason });
  try {
    return await Promise.race([
      client.call('gpu.try', {}).then(
        (): GpuVerdict => ({ usable: true, reason: '' }),
        (error: Error) => failed(error.message),
      ),
      expired.then(() => failed(`it did not answer within ${TRIAL_LIMIT / 1000} seconds`)),
    ]);
  } finally {
    client.close();
  }
}
