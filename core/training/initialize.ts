import type { InitializerSpec, WeightSpec } from '../layers/define.ts';
import { elementCount, type Tensor } from '../onnx/tensor.ts';
import { randomStream } from '../random.ts';
import { checkOrthogonal, orthonormalize } from './orthogonal.ts';

const FILLERS: {
  readonly [T in InitializerSpec['type']]: (data: Float32Array, spec: never, seed: number, name: string) => void;
} = {
  /** He et al. 2015: Gaussian, std √(2 / fan-in). */
  he: (data, { fanIn }: { fanIn: number }, seed, name) => gaussian(data, Math.sqrt(2 / fanIn), seed, name),
  /** Glorot and Bengio 2010: uniform, ±√(6 / (fan-in + fan-out)). */
  glorot: (data, { fanIn, fanOut }: { fanIn: number; fanOut: number }, seed, name) =>
    uniform(data, Math.sqrt(6 / (fanIn + fanOut)), seed, name),
  gaussian: (data, { std }: { std: number }, seed, name) => gaussian(data, std, seed, name),
  uniform: (data, { limit }: { limit: number }, seed, name) => uniform(data, limit, seed, name),
  orthogonal: (data, { gain, dims }: { gain: number; dims: readonly number[] }, seed, name) => {
    const rows = dims[0] ?? 1;
    checkOrthogonal(rows, data.length / rows);
    gaussian(data, 1, seed, name);
    orthonormalize(data, rows);
    for (let i = 0; i < data.length; i++) data[i] = gain * (data[i] as number);
  },
  constant: (data, { value }: { value: number }) => data.fill(value),
};

function gaussian(data: Float32Array, std: number, seed: number, name: string): void {
  randomStream(seed, name).fillGaussian(data, std);
}

function uniform(data: Float32Array, limit: number, seed: number, name: string): void {
  const random = randomStream(seed, name);
  for (let i = 0; i < data.length; i++) data[i] = random.between(-limit, limit);
}

/** A layer's tensor before training. Its numbers depend on the seed and its full name only. */
export function initialTensor(name: string, spec: WeightSpec, seed: number): Tensor & { readonly data: Float32Array } {
  const data = new Float32Array(elementCount(spec.dims));
  const initializer = { ...spec.initializer, dims: spec.dims };
  FILLERS[spec.initializer.type](data, initializer as never, seed, `weights/${name}`);
  return { dtype: 'float32', dims: spec.dims, data };
}
