import { accumulateInGemm } from '#core/onnx/accumulate-in-gemm.ts';
import { toBlocked } from '#core/onnx/blocked/lower.ts';
import { CPU_TARGET } from '#core/onnx/builder.ts';
import type { Target } from '#core/onnx/operators/operator.ts';
import { channelBlock } from './channel-block.ts';
import type { Backend } from './define.ts';
import { createSession } from './runtime.ts';
import { FedBack } from './states.ts';

async function target(): Promise<Target> {
  return { ...CPU_TARGET, channelBlock: await channelBlock() };
}

export const cpu: Backend = {
  name: 'cpu',
  target,
  inMemory: true,
  createSession: async (graph, { oneThread, large } = {}) => {
    const own = await target();
    const fitted = toBlocked(accumulateInGemm(graph, own), own);
    return createSession(fitted, {
      executionProviders: ['cpu'],
      // The arena keeps for itself what it ever held.
      ...(large && { enableCpuMemArena: false }),
      ...(oneThread && { intraOpNumThreads: 1 }),
    });
  },
  createState: (dims, data) => new FedBack(dims, data),
  obstacle: () => '',
};
