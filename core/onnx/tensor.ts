/** Tensors and tensor types as ONNX knows them. Dimensions include the batch axis: [N, C, H, W]. */

export type DataType = 'float32' | 'float64' | 'uint8' | 'int32' | 'int64' | 'bool';

/** Single and double precision. */
export type FloatType = Extract<DataType, 'float32' | 'float64'>;

export type TensorData = Float32Array | Float64Array | Uint8Array | Int32Array | BigInt64Array;

export interface TensorType {
  readonly dtype: DataType;
  readonly dims: readonly number[];
}

export interface Tensor extends TensorType {
  readonly data: TensorData;
}

/** Bytes of one element; ONNX stores a bool in one byte. */
export const BYTES_PER_ELEMENT: { readonly [D in DataType]: number } = {
  float32: 4,
  float64: 8,
  uint8: 1,
  int32: 4,
  int64: 8,
  bool: 1,
};

/** Number of elements of a tensor with these dimensions; a scalar has one. */
export function elementCount(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1);
}

export function float32(dims: readonly number[], data: ArrayLike<number>): Tensor {
  return { dtype: 'float32', dims, data: data instanceof Float32Array ? data : Float32Array.from(data) };
}

export function int64(values: readonly number[]): Tensor {
  return { dtype: 'int64', dims: [values.length], data: BigInt64Array.from(values, BigInt) };
}

export function scalar(value: number, dtype: FloatType = 'float32'): Tensor {
  return { dtype, dims: [], data: dtype === 'float32' ? Float32Array.of(value) : Float64Array.of(value) };
}

/** The numbers of a small integer tensor (axes, pads, shapes). */
export function toNumbers(tensor: Tensor): readonly number[] {
  return Array.from(tensor.data, Number);
}
