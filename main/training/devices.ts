import { fork } from 'node:child_process';
import { availableParallelism, cpus } from 'node:os';
import type { Device, DeviceChoice } from '#contract/schemas.ts';
import { GraphBuilder } from '#core/onnx/builder.ts';
import { float32 } from '#core/onnx/tensor.ts';
import { type Backend, type BackendName, backend } from './backend.ts';

/** First argument of a process that only tries a device and ends: a broken driver may end it on the way. */
export const PROBE = '--probe';
/** Milliseconds that a device may take to add two numbers before it counts as unusable. */
const PROBE_LIMIT = 20_000;

/** Adds two numbers on a device. Run in a process of its own: throws, or takes the process down, where it cannot. */
export async function probe(name: BackendName): Promise<void> {
  const graph = new GraphBuilder('probe');
  const x = graph.input('x', { dtype: 'float32', dims: [2] });
  graph.output(graph.add('Add', [x, graph.constant(float32([2], [1, 2]))], {}), 'y');
  const session = await backend(name).createSession(graph.build());
  const { Tensor } = await import('onnxruntime-node');
  const { y } = await session.run({ x: new Tensor('float32', [1, 1], [2]) });
  if ((y?.data as Float32Array | undefined)?.join() !== '2,3') throw new Error('1 + 1 and 1 + 2 came out wrong');
}

/** Tries a device in a process of its own; answers why it cannot be used, or undefined where it can. */
function tryDevice(name: BackendName): Promise<string | undefined> {
  const script = process.argv[1];
  if (script === undefined) return Promise.resolve('it cannot be tried here');
  return new Promise((resolve) => {
    const child = fork(script, [PROBE, name], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], timeout: PROBE_LIMIT });
    let error = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      error = (error + chunk.toString()).slice(-2000);
    });
    child.on('error', ({ message }) => resolve(message));
    child.on('exit', (code, signal) => {
      if (code === 0) resolve(undefined);
      else resolve(signal === null ? reasonIn(error) : `its driver ended the test with ${signal}`);
    });
  });
}

function reasonIn(error: string): string {
  if (/No supported adapters|Failed to get a WebGPU adapter/i.test(error))
    return 'no GPU with a working driver was found';
  const line = error.split('\n').find((text) => /error/i.test(text));
  return line?.trim().slice(0, 200) ?? 'it could not be started';
}

const tried = new Map<BackendName, Promise<string | undefined>>();

/** Why a device cannot be used; tried once a process. */
function unusable(name: BackendName): Promise<string | undefined> {
  const known = tried.get(name);
  if (known !== undefined) return known;
  const trial = name === 'cpu' ? Promise.resolve(undefined) : tryDevice(name);
  tried.set(name, trial);
  return trial;
}

function cpuName(): string {
  const model = cpus()[0]?.model.trim() || 'CPU';
  const cores = availableParallelism();
  return `${model}, ${cores} ${cores === 1 ? 'core' : 'cores'}`;
}

/** Every device this program can use, whether this machine has it or not. */
export async function listDevices(): Promise<Device[]> {
  const why = await unusable('webgpu');
  return [
    { id: 'cpu', name: cpuName(), available: true, note: 'ONNX Runtime, CPU provider' },
    {
      id: 'webgpu',
      name: 'GPU through WebGPU',
      available: why === undefined,
      note: why ?? 'ONNX Runtime, WebGPU provider; used after one step of the network agrees with the CPU',
    },
  ];
}

/** The devices to consider for a run, best first, and why one that was asked for is not among them. */
export async function candidates(asked: DeviceChoice): Promise<{ readonly gpu?: Backend; readonly note: string }> {
  if (asked === 'cpu') return { note: 'chosen' };
  const why = await unusable('webgpu');
  if (why === undefined) return { gpu: backend('webgpu'), note: '' };
  return { note: asked === 'auto' ? `no GPU: ${why}` : `WebGPU cannot be used (${why}); the CPU trains instead` };
}
