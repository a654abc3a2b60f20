/**
 * Turns ONNX Runtime's telemetry off, which its libraries for Linux and macOS have on by default (docs/decisions/0020). It
 * must be in the environment of every process before that loads the library: whoever starts one passes it on, and
 * main/training/onnx-runtime.ts sets it once more.
 */
export const NO_TELEMETRY = { ORT_DISABLE_TELEMETRY: '1' } as const;
