import { Tensor } from 'onnxruntime-node';
import { elementCount } from '#core/onnx/tensor.ts';
import type { StateTensor } from '../backend.ts';

/** A state in this process's memory has two buffers that change roles with every step, so that nothing is copied. */
export class DoubleBuffer implements StateTensor {
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

/** A state on a device: every step answers a new tensor there, and the old one is given back. */
export class DeviceState implements StateTensor {
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
