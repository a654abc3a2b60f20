import { accumulateInGemm } from '#core/onnx/accumulate-in-gemm.ts';
import { toBlocked } from '#core/onnx/blocked/lower.ts';
import { CPU_TARGET } from '#core/onnx/builder.ts';
import type { Graph } from '#core/onnx/graph.ts';
import type { Target } from '#core/onnx/operators/operator.ts';
import { withShortSums } from '#core/onnx/short-sums.ts';
import { channelBlock } from './channel-block.ts';
import type { Backend } from './define.ts';
import { createSession } from './runtime.ts';

async function target(): Promise<Target> {
  return { ...CPU_TARGET, channelBlock: await channelBlock() };
}

/** The graph that the CPU runs for one: in blocks, with sums done by the products that they follow, none of them long. */
export async function fitToCpu(graph: Graph): Promise<Graph> {
  const own = await target();
  return toBlocked(accumulateInGemm(withShortSums(graph, own), own), own);
}

export const cpu: Backend = {
  name: 'cpu',
  target,
  inMemory: true,
  createSession: async (graph, { oneThread, large } = {}) =>
    createSession(await fitToCpu(graph), {
      executionProviders: ['cpu'],
      // The arena keeps for itself what it ever held.
      ...(large && { enableCpuMemArena: false }),
      ...(oneThread && { intraOpNumThreads: 1 }),
    }),
  obstacle: () => '',
};
