import { InferenceSession, Tensor } from 'onnxruntime-node';
import { toBlocked } from '#core/onnx/blocked/lower.ts';
import { CPU_TARGET, WEBGPU_TARGET } from '#core/onnx/builder.ts';
import { encodeModel } from '#core/onnx/encode.ts';
import type { Graph } from '#core/onnx/graph.ts';
import type { Target } from '#core/onnx/operators/operator.ts';
import { padConvChannels } from '#core/onnx/pad-channels.ts';
import { elementCount } from '#core/onnx/tensor.ts';
import { channelBlock } from './channel-block.ts';

export const BACKENDS = ['cpu', 'webgpu'] as const;
export type BackendName = (typeof BACKENDS)[number];

/** ORT reports errors only: its warnings speak of its own optimiser. */
const ERRORS_ONLY = 3;
const OPTIONS = {
  graphOptimizationLevel: 'all',
  executionMode: 'sequential',
  logSeverityLevel: ERRORS_ONLY,
} as const satisfies InferenceSession.SessionOptions;

/** One tensor that a training step reads and replaces. */
export interface StateTensor {
  /** What the next step reads. */
  readonly now: Tensor;
  /** Where the next step should write; null lets ORT allocate. */
  readonly target: Tensor | null;
  /** Takes what the step wrote as the value from now on. */
  replace(written: Tensor): void;
  dispose(): void;
}

export interface SessionWishes {
  /** Outputs that stay on the device. */
  readonly keep?: readonly string[];
  /** For work on the side that is too small for several threads: those would go on spinning in training's way. */
  readonly oneThread?: boolean;
}

/** Where graphs run: how they are compiled, and where a run's state lives. */
export interface Backend {
  readonly name: BackendName;
  /** What decides how gradients are written; asked once. */
  target(): Promise<Target>;
  createSession(graph: Graph, wishes?: SessionWishes): Promise<InferenceSession>;
  createState(dims: readonly number[], data: Float32Array): StateTensor;
  /** Whether the values of a state can be read without a copy: they are an array of this process. */
  readonly inMemory: boolean;
}

/** A CPU state has two buffers that change roles with every step, so that nothing is copied. */
class DoubleBuffer implements StateTensor {
  now: Tensor;
  target: Tensor;

  constructor(dims: readonly number[], data: Float32Array) {
    this.now = new Tensor('float32', data.slice(), dims);
    this.target = new Tensor('float32', new Float32Array(elementCount(dims)), dims);
  }

  replace(): void {
    [this.now, this.target] = [this.target, this.now];
  }

  dispose(): void {}
}

/** A state on a GPU: every step answers a new tensor there, and the old one is given back. */
class DeviceState implements StateTensor {
  now: Tensor;
  readonly target = null;

  constructor(dims: readonly number[], data: Float32Array) {
    this.now = new Tensor('float32', data.slice(), dims);
  }

  replace(written: Tensor): void {
    this.dispose();
    this.now = written;
  }

  dispose(): void {
    if (this.now.location === 'gpu-buffer') this.now.dispose();
  }
}

async function cpuTarget(): Promise<Target> {
  return { ...CPU_TARGET, channelBlock: await channelBlock() };
}

const cpu: Backend = {
  name: 'cpu',
  target: cpuTarget,
  inMemory: true,
  createSession: async (graph, { oneThread } = {}) =>
    InferenceSession.create(encodeModel(toBlocked(graph, await cpuTarget())), {
      ...OPTIONS,
      executionProviders: ['cpu'],
      ...(oneThread && { intraOpNumThreads: 1 }),
    }),
  createState: (dims, data) => new DoubleBuffer(dims, data),
};

const webgpu: Backend = {
  name: 'webgpu',
  target: async () => WEBGPU_TARGET,
  inMemory: false,
  createSession: (graph, { keep = [] } = {}) =>
    InferenceSession.create(encodeModel(padConvChannels(graph, WEBGPU_TARGET)), {
      ...OPTIONS,
      executionProviders: ['webgpu'],
      preferredOutputLocation: Object.fromEntries(keep.map((name) => [name, 'gpu-buffer' as const])),
    }),
  createState: (dims, data) => new DeviceState(dims, data),
};

const TABLE: { readonly [B in BackendName]: Backend } = { cpu, webgpu };

export function backend(name: BackendName): Backend {
  return TABLE[name];
}
