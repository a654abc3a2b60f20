import { Tensor } from 'onnxruntime-node';
import type { StateTensor } from './define.ts';

/**
 * A state that every step answers anew: the answer is what the next step reads. (An answer on the CPU is copied on its way
 * to JavaScript even if it was told where to go, so that a second buffer for it would only take memory.)
 */
export class FedBack implements StateTensor {
  now: Tensor;

  /** @param data read by the first step, never written */
  constructor(dims: readonly number[], data: Float32Array) {
    this.now = new Tensor('float32', data, dims);
  }

  replace(written: Tensor): void {
    this.dispose();
    this.now = written;
  }

  dispose(): void {
    if (this.now.location === 'gpu-buffer') this.now.dispose();
  }
}
