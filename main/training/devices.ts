import { availableParallelism, cpus } from 'node:os';
import { Tensor } from 'onnxruntime-node';
import type { Device, DeviceChoice, GpuVerdict } from '#contract/schemas.ts';
import { GraphBuilder } from '#core/onnx/builder.ts';
import { float32 } from '#core/onnx/tensor.ts';
import { type Backend, backend } from './backend.ts';

/**
 * Adds numbers on the GPU. Throws where there is none; a broken driver may end the process, so that main and the command
 * line ask a process for this that has nothing else to do (contract/gpu-trial.ts).
 */
export async function tryGpu(): Promise<void> {
  const graph = new GraphBuilder('trial');
  const x = graph.input('x', { dtype: 'float32', dims: [2] });
  graph.output(graph.add('Add', [x, graph.constant(float32([2], [1, 2]))], {}), 'y');
  const sum = await runOnGpu(graph).catch((error: unknown) => {
    throw new Error(reasonIn(error instanceof Error ? error.message : String(error)));
  });
  if (sum.join() !== '2,3') throw new Error('1 + 1 and 1 + 2 came out wrong');
}

async function runOnGpu(graph: GraphBuilder): Promise<Float32Array> {
  const session = await backend('webgpu').createSession(graph.build());
  const { y } = await session.run({ x: new Tensor('float32', [1, 1], [2]) });
  return y?.data as Float32Array;
}

function reasonIn(error: string): string {
  if (/No supported adapters|Failed to get a WebGPU adapter/i.test(error))
    return 'no GPU with a working driver was found';
  return error.split('\n')[0]?.trim().slice(0, 200) || 'it could not be started';
}

function cpuName(): string {
  const model = cpus()[0]?.model.trim() || 'CPU';
  const cores = availableParallelism();
  return `${model}, ${cores} ${cores === 1 ? 'core' : 'cores'}`;
}

/** Every device this program can use, whether this machine has it or not. */
export function listDevices(gpu: GpuVerdict): Device[] {
  return [
    { id: 'cpu', name: cpuName(), available: true, note: 'ONNX Runtime, CPU provider' },
    {
      id: 'webgpu',
      name: 'GPU through WebGPU',
      available: gpu.usable,
      note: gpu.usable
        ? 'ONNX Runtime, WebGPU provider; used after one step of the network agrees with the CPU'
        : gpu.reason,
    },
  ];
}

/** What a run may use beside the CPU, and why not where it is nothing. */
export interface Candidate {
  readonly gpu?: Backend;
  readonly note: string;
}

/** Whether to consider the GPU for a run. */
export function candidate(asked: DeviceChoice, verdict: GpuVerdict | undefined): Candidate {
  if (asked === 'cpu') return { note: 'chosen' };
  if (verdict?.usable) return { gpu: backend('webgpu'), note: '' };
  const why = verdict?.reason ?? 'it was not tried';
  return { note: asked === 'auto' ? `no GPU: ${why}` : `WebGPU cannot be used (${why}); the CPU trains instead` };
}
