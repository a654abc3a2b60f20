import { encodeModel } from '#core/onnx/encode.ts';
import type { Graph } from '#core/onnx/graph.ts';
import { InferenceSession, Tensor as OrtTensor } from '#main/training/onnx-runtime.ts';
import type { Array64 } from './reference.ts';

/** Runs a graph in ONNX Runtime on the CPU; inputs are float32, or bytes as pixels are. */
export async function runOrt(
  graph: Graph,
  feeds: Readonly<Record<string, Pick<Array64, 'dims'> & { readonly data: ArrayLike<number> }>>,
): Promise<ReadonlyMap<string, Array64>> {
  const session = await InferenceSession.create(encodeModel(graph), { logSeverityLevel: 3, intraOpNumThreads: 2 });
  try {
    const tensors = Object.fromEntries(
      session.inputNames.map((name) => {
        const { dims, data } = feeds[name]!;
        const bytes = graph.inputs.find((input) => input.name === name)?.type.dtype === 'uint8';
        const tensor = bytes
          ? new OrtTensor('uint8', Uint8Array.from(data), dims)
          : new OrtTensor('float32', data instanceof Float32Array ? data : Float32Array.from(data), dims);
        return [name, tensor];
      }),
    );
    const results = await session.run(tensors);
    return new Map(
      Object.entries(results).map(([name, tensor]) => {
        const data = Float64Array.from(tensor.data as unknown as ArrayLike<number | bigint>, Number);
        return [name, { dims: tensor.dims, data }];
      }),
    );
  } finally {
    await session.release();
  }
}
