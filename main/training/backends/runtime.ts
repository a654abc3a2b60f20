import type { InferenceSession } from 'onnxruntime-node';
import { encodeModel } from '#core/onnx/encode.ts';
import type { Graph } from '#core/onnx/graph.ts';
import { InferenceSession as Runtime } from '../onnx-runtime.ts';
import { threadOptions } from './threads.ts';

/** ORT reports errors only: its warnings speak of its own optimiser. */
const ERRORS_ONLY = 3;

const OPTIONS = {
  graphOptimizationLevel: 'all',
  executionMode: 'sequential',
  logSeverityLevel: ERRORS_ONLY,
  // With a pattern the runtime sets all of a step's memory aside beside what the first step took: 1.4 times as much.
  enableMemPattern: false,
} as const satisfies InferenceSession.SessionOptions;

/** A session of ONNX Runtime with this project's options. */
export async function createSession(graph: Graph, options: InferenceSession.SessionOptions): Promise<InferenceSession> {
  return Runtime.create(encodeModel(graph), { ...OPTIONS, ...threadOptions(), ...options });
}
