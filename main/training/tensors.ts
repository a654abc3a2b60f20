import type { InferenceSession } from 'onnxruntime-node';
import { Tensor } from './onnx-runtime.ts';

export function scalarTensor(value: number): Tensor {
  return new Tensor('float32', Float32Array.of(value), []);
}

/** The number in a scalar that a session answered; NaN where it answered none. */
export function scalarOf(tensor: InferenceSession.OnnxValueMapType[string] | undefined): number {
  return (tensor?.data as Float32Array | undefined)?.[0] ?? Number.NaN;
}

/** Gives back what lies on a device; an array of this process is left to the garbage collector. */
export function giveBack(tensor: Tensor | undefined): void {
  if (tensor?.location === 'gpu-buffer') tensor.dispose();
}
