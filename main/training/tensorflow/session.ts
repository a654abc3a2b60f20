import type { Graph, GraphNode, Value } from '#core/onnx/graph.ts';
import { toNumbers } from '#core/onnx/tensor.ts';
import type { Session, SessionWishes } from '../backends/define.ts';
import { Tensor } from '../onnx-runtime.ts';
import type { Kernel, TF, TFTensor } from './define.ts';
import { KERNELS, type TensorFlowOperator } from './kernels.ts';

/** What stands for a tensor that stays with TensorFlow: ONNX Runtime's tensor class carries it as if it were a buffer. */
interface Kept {
  readonly kept: TFTensor;
}

/** Runs a graph node by node in TensorFlow. */
export class TensorFlowSession implements Session {
  readonly inputNames: readonly string[];
  readonly #tf: TF;
  readonly #graph: Graph;
  readonly #keep: ReadonlySet<string>;
  readonly #constants: ReadonlyMap<Value, TFTensor>;
  readonly #numbers: ReadonlyMap<Value, readonly number[]>;

  constructor(tf: TF, graph: Graph, { keep = [] }: SessionWishes = {}) {
    const unknown = graph.nodes.find(({ op }) => !(op in KERNELS));
    if (unknown !== undefined) throw new Error(`${unknown.name}: ${unknown.op} is not written for TensorFlow`);
    this.#tf = tf;
    this.#graph = graph;
    this.#keep = new Set(keep);
    this.inputNames = graph.inputs.map(({ name }) => name);
    this.#constants = new Map(
      [...graph.initializers].map(([name, { data, dims, dtype }]) => {
        const values = dtype === 'int64' ? Int32Array.from(data as BigInt64Array, Number) : data;
        const type = dtype === 'float32' ? 'float32' : 'int32';
        return [name, tf.tensor(values as Float32Array | Int32Array, [...dims], type)];
      }),
    );
    this.#numbers = new Map([...graph.initializers].map(([name, tensor]) => [name, toNumbers(tensor)]));
  }

  readonly run = (async (feeds: Readonly<Record<string, Tensor>>, wanted?: unknown) => {
    const names = Array.isArray(wanted) ? (wanted as string[]) : this.#graph.outputs.map(({ name }) => name);
    const outputs = this.#tf.tidy(() => {
      const values = new Map<Value, TFTensor>(this.#constants);
      for (const { name } of this.#graph.inputs) values.set(name, this.#fromFeed(feeds[name] as Tensor));
      for (const node of this.#graph.nodes) values.set(node.outputs[0] as Value, this.#compute(node, values));
      return names.map((name) => this.#tf.keep(this.#tf.cast(values.get(name) as TFTensor, 'float32')));
    });
    const results = await Promise.all(
      names.map(async (name, i) => [name, await this.#toResult(name, outputs[i] as TFTensor)] as const),
    );
    return Object.fromEntries(results);
  }) as unknown as Session['run'];

  async release(): Promise<void> {
    for (const constant of this.#constants.values()) constant.dispose();
  }

  #compute<O extends TensorFlowOperator>(node: GraphNode, values: ReadonlyMap<Value, TFTensor>): TFTensor {
    const { op, inputs, attributes } = node as GraphNode<O>;
    const kernel = KERNELS[op] as Kernel<O>;
    return kernel({
      tf: this.#tf,
      inputs: inputs.map((name) => (name === '' ? undefined : values.get(name))),
      attributes,
      constant: (index) => this.#numbers.get(inputs[index] ?? ''),
    });
  }

  #fromFeed(tensor: Tensor): TFTensor {
    if (tensor.location === 'gpu-buffer') return (tensor.gpuBuffer as unknown as Kept).kept;
    const values = tensor.type === 'uint8' ? Int32Array.from(tensor.data as Uint8Array) : tensor.data;
    const type = tensor.type === 'float32' ? 'float32' : 'int32';
    return this.#tf.tensor(values as Float32Array | Int32Array, [...tensor.dims], type);
  }

  async #toResult(name: string, value: TFTensor): Promise<Tensor> {
    if (this.#keep.has(name)) {
      const kept: Kept = { kept: value };
      return Tensor.fromGpuBuffer(kept as never, {
        dataType: 'float32',
        dims: value.shape,
        dispose: () => value.dispose(),
      }) as Tensor;
    }
    const data = (await value.data()) as Float32Array;
    value.dispose();
    return new Tensor('float32', data, value.shape);
  }
}
