/** The one place where ONNX Runtime is loaded, so that its telemetry is off before that. A dependency rule keeps it so. */
import { createRequire } from 'node:module';
import type * as Runtime from 'onnxruntime-node';
import { NO_TELEMETRY } from '#contract/telemetry.ts';

// Node passes it on to the library's own getenv. An import would be evaluated before this line, whatever the order.
Object.assign(process.env, NO_TELEMETRY);
const runtime = createRequire(import.meta.url)('onnxruntime-node') as typeof Runtime;

export const { InferenceSession, Tensor, env } = runtime;
export type InferenceSession = Runtime.InferenceSession;
export type Tensor = Runtime.Tensor;
export type NamedTensors = Runtime.InferenceSession.OnnxValueMapType;
