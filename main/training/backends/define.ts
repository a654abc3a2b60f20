import type { InferenceSession } from 'onnxruntime-node';
import type { DeviceId } from '#contract/schemas.ts';
import type { Graph } from '#core/onnx/graph.ts';
import type { Target } from '#core/onnx/operators/operator.ts';

export interface SessionWishes {
  /** Outputs that stay on the device. */
  readonly keep?: readonly string[];
  /** For work on the side that is too small for several threads: those would go on spinning in training's way. */
  readonly oneThread?: boolean;
  /** Its state alone is so large that memory counts more than speed. */
  readonly large?: boolean;
}

/** A graph that can be run: what is needed of an InferenceSession. */
export type Session = Pick<InferenceSession, 'inputNames' | 'run' | 'release'>;

/** Where graphs run, and how they are compiled for it. */
export interface Backend {
  readonly name: DeviceId;
  /** What decides how gradients are written; asked once. */
  target(): Promise<Target>;
  createSession(graph: Graph, wishes?: SessionWishes): Promise<Session>;
  /** Whether the values of a state can be read without a copy: they are an array of this process. */
  readonly inMemory: boolean;
  /** What is missing on this machine, '' where nothing is that can be known without trying. */
  obstacle(): string;
}
