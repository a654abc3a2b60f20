import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { CPU_TARGET } from '#core/onnx/builder.ts';
import { withShortSums } from '#core/onnx/short-sums.ts';
import type { Backend } from './define.ts';
import { createSession } from './runtime.ts';

const PROVIDER = 'libonnxruntime_providers_cuda.so';

/**
 * NVIDIA's own libraries: too large for npm, fetched only by `convcanvas devices --install-cuda`. ONNX Runtime's
 * JavaScript binding keeps no tensors there: state crosses at every step.
 */
export const cuda: Backend = {
  name: 'cuda',
  target: async () => ({ ...CPU_TARGET, sums: 'float32' }),
  inMemory: true,
  createSession: (graph) => createSession(withShortSums(graph, CPU_TARGET), { executionProviders: ['cuda'] }),
  obstacle: () => {
    if (process.platform !== 'linux' || process.arch !== 'x64') return 'ONNX Runtime for Node has it on Linux x64 only';
    return existsSync(join(binaries(), PROVIDER)) ? '' : 'not installed; convcanvas devices --install-cuda fetches it';
  },
};

/** The folder of ONNX Runtime's libraries for this system. */
function binaries(): string {
  const root = dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));
  return join(root, 'bin', 'napi-v6', process.platform, process.arch);
}
