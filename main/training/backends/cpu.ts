import { toBlocked } from '#core/onnx/blocked/lower.ts';
import { CPU_TARGET } from '#core/onnx/builder.ts';
import type { Target } from '#core/onnx/operators/operator.ts';
import type { Backend } from '../backend.ts';
import { channelBlock } from './channel-block.ts';
import { createSession } from './runtime.ts';
import { DoubleBuffer } from './states.ts';

async function target(): Promise<Target> {
  return { ...CPU_TARGET, channelBlock: await channelBlock() };
}

export const cpu: Backend = {
  name: 'cpu',
  target,
  inMemory: true,
  createSession: async (graph, { oneThread } = {}) =>
    createSession(toBlocked(graph, await target()), {
      executionProviders: ['cpu'],
      ...(oneThread && { intraOpNumThreads: 1 }),
    }),
  createState: (dims, data) => new DoubleBuffer(dims, data),
  obstacle: () => '',
};
