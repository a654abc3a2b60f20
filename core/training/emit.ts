import type { Distribution, WeightSpec } from '../layers/define.ts';
import { layerDefinition } from '../layers/index.ts';
import { expand } from '../network/expand.ts';
import { inputsOf, type Layer, type LayerId, type Network } from '../network/network.ts';
import type { NetworkReport } from '../network/propagate.ts';
import type { GraphBuilder } from '../onnx/builder.ts';
import type { Value } from '../onnx/graph.ts';
import type { DataType, TensorType } from '../onnx/tensor.ts';
import { isFrozen } from './rates.ts';

/** One tensor of the network under its full name, `<layer>.<tensor>`. */
export interface NamedTensor {
  readonly name: string;
  readonly layer: LayerId;
  readonly spec: WeightSpec;
}

/** Random numbers that the trainer draws anew for every batch. */
export interface RandomInput {
  readonly name: Value;
  readonly type: TensorType;
  readonly distribution: Distribution;
}

export interface ForwardGraph {
  readonly pixels: Value;
  /** Output of the design's last layer. */
  readonly output: Value;
  /** Class scores: the output itself, or what a final SOFTMAX is made from. */
  readonly scores: Value;
  /** The output itself, or what a final SIGMOID is made from. */
  readonly logits: Value;
  readonly values: ReadonlyMap<LayerId, Value>;
  readonly randoms: readonly RandomInput[];
  /** New values of buffers (running mean and variance) after a training step, by full name. */
  readonly bufferUpdates: ReadonlyMap<string, Value>;
}

export interface EmitOptions {
  readonly mode: 'training' | 'inference';
  readonly batchSize: number;
  /** Pixels 0–255 as bytes (a quarter of the copying) or as floats (what an exported model takes). */
  readonly pixels: Extract<DataType, 'uint8' | 'float32'>;
  /** Declares a tensor in the graph: as an input while training, as an initializer in a file. */
  declare(tensor: NamedTensor): Value;
}

/** A network that cannot be compiled yet; the message says what to mend. */
export class NotTrainableError extends Error {
  override readonly name = 'NotTrainableError';
}

/** All tensors of a network, in the order of its layers. */
export function namedTensors(report: NetworkReport): readonly NamedTensor[] {
  return report.order.flatMap((id) => {
    const layer = report.layers.get(id);
    return (layer?.tensors ?? []).map((spec) => ({ name: `${layer?.layer.name}.${spec.name}`, layer: id, spec }));
  });
}

/** Writes a network's forward pass into a graph. Throws NotTrainableError where a problem stands in the way. */
export function emitNetwork(
  graph: GraphBuilder,
  network: Network,
  report: NetworkReport,
  options: EmitOptions,
): ForwardGraph {
  const [problem] = report.problems;
  if (problem !== undefined || report.input === undefined || report.output === undefined) {
    throw new NotTrainableError(problem?.message ?? 'The network needs one INPUT and one output.');
  }
  const declared = new Map<string, Value>(namedTensors(report).map((tensor) => [tensor.name, options.declare(tensor)]));
  const from = inputsOf(expand(network));
  const values = new Map<LayerId, Value>();
  const randoms: RandomInput[] = [];
  const bufferUpdates = new Map<string, Value>();
  const shape = report.layers.get(report.input)?.shape ?? [];
  const raw = graph.input('pixels', { dtype: options.pixels, dims: [options.batchSize, ...shape] });
  const pixels = options.pixels === 'float32' ? raw : graph.add('Cast', [raw], { to: 'float32' });

  for (const id of report.order) {
    const layer = report.layers.get(id)?.layer;
    const definition = layer && layerDefinition(layer.kind);
    if (layer === undefined || definition === undefined) throw new NotTrainableError(`Unknown layer ${id}`);
    const inputs = id === report.input ? [pixels] : (from.get(id) ?? []).map((source) => values.get(source) as Value);
    const value = graph.within(layer.name, () =>
      definition.emit({
        graph,
        fields: layer.fields,
        inputs,
        mode: isFrozen(layer) ? 'inference' : options.mode,
        weight: (name) => declared.get(`${layer.name}.${name}`) as Value,
        random: (type, distribution) => {
          const name = graph.input(`${layer.name}.random`, type);
          randoms.push({ name, type, distribution });
          return name;
        },
        updateBuffer: (name, updated) => bufferUpdates.set(`${layer.name}.${name}`, updated),
        withGradient: (given, write) => graph.withGradient(given, write),
      }),
    );
    values.set(id, value);
  }

  const output = values.get(report.output) as Value;
  const last = report.layers.get(report.output)?.layer as Layer;
  const before = values.get(from.get(report.output)?.[0] ?? '');
  const behind = (kind: string) => (last.kind === kind && before !== undefined ? before : output);
  return {
    pixels: raw,
    output,
    scores: behind('Softmax'),
    logits: last.kind === 'Softmax' ? behind('Softmax') : behind('Sigmoid'),
    values,
    randoms,
    bufferUpdates,
  };
}
