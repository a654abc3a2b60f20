import { WEBGPU_TARGET } from '#core/onnx/builder.ts';
import { padConvChannels } from '#core/onnx/pad-channels.ts';
import { withShortSums } from '#core/onnx/short-sums.ts';
import type { Backend } from './define.ts';
import { createSession } from './runtime.ts';

/** Any maker's GPU, through Direct3D 12, Metal or Vulkan; weights and what the optimizer keeps stay on it. */
export const webgpu: Backend = {
  name: 'webgpu',
  target: async () => WEBGPU_TARGET,
  inMemory: false,
  createSession: (graph, { keep = [] } = {}) =>
    createSession(padConvChannels(withShortSums(graph, WEBGPU_TARGET), WEBGPU_TARGET), {
      executionProviders: ['webgpu'],
      preferredOutputLocation: Object.fromEntries(keep.map((name) => [name, 'gpu-buffer' as const])),
    }),
  obstacle: () => '',
};
