import { CPU_TARGET } from '#core/onnx/builder.ts';
import { withShortSums } from '#core/onnx/short-sums.ts';
import type { Backend } from './define.ts';
import { createSession } from './runtime.ts';

/** Windows' own way to any GPU. ONNX Runtime's JavaScript binding keeps no tensors there: state crosses at every step. */
export const directml: Backend = {
  name: 'dml',
  target: async () => ({ ...CPU_TARGET, sums: 'float32' }),
  inMemory: true,
  // DirectML wants neither memory patterns nor parallel execution: createSession asks for neither.
  createSession: (graph) => createSession(withShortSums(graph, CPU_TARGET), { executionProviders: ['dml'] }),
  obstacle: () => (process.platform === 'win32' ? '' : 'DirectML is a part of Windows'),
};
