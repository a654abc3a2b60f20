import type { Network } from '../network/network.ts';
import type { NetworkReport } from '../network/propagate.ts';
import { GraphBuilder } from '../onnx/builder.ts';
import { encodeModel } from '../onnx/encode.ts';
import type { Tensor } from '../onnx/tensor.ts';
import { parseDesign } from '../project/design-file.ts';
import { emitNetwork, namedTensors } from '../training/emit.ts';
import { LOSSES, type LossKind } from '../training/losses/index.ts';

export interface OnnxExport {
  readonly name: string;
  readonly network: Network;
  readonly report: NetworkReport;
  /** Every tensor of the network by its full name. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly classLabels: readonly string[];
  /** The design file's text: with it the model can be opened and trained on. */
  readonly design: string;
  /** What its weights were trained with, or would be. */
  readonly loss: LossKind;
  readonly producerVersion: string;
}

/** Metadata keys of an exported model. */
export const METADATA = { labels: 'labels', design: 'convcanvas.design', loss: 'convcanvas.loss' } as const;

/**
 * The network as an ONNX model: raw pixels 0–255 [N, C, H, W] in, class probabilities or scores out, any batch size.
 * Initializers are named `<layer>.weight` and `<layer>.bias`.
 */
export function exportOnnx(model: OnnxExport): Uint8Array<ArrayBuffer> {
  const graph = new GraphBuilder(model.name);
  const forward = emitNetwork(graph, model.network, model.report, {
    mode: 'inference',
    batchSize: 1,
    pixels: 'float32',
    declare: ({ name }) => {
      const tensor = model.tensors.get(name);
      if (tensor === undefined) throw new Error(`No values for ${name}`);
      return graph.initializer(name, tensor);
    },
  });
  graph.output(forward.output, forward.output === forward.scores ? 'scores' : 'probabilities');
  const labels = model.classLabels.length > 0 ? { [METADATA.labels]: JSON.stringify(model.classLabels) } : {};
  return encodeModel(graph.build(), {
    batchAxis: 'N',
    producerVersion: model.producerVersion,
    metadata: { ...labels, [METADATA.design]: model.design, [METADATA.loss]: model.loss },
  });
}

/** The loss that a model's metadata name; that of its design where they name none, as in the first files. */
export function lossFromMetadata(metadata: ReadonlyMap<string, string>): LossKind | undefined {
  const named = metadata.get(METADATA.loss);
  if (named !== undefined) return Object.hasOwn(LOSSES, named) ? (named as LossKind) : undefined;
  const design = metadata.get(METADATA.design);
  try {
    return design === undefined ? undefined : parseDesign(design).training.loss;
  } catch {
    return undefined; // a design of a later version, or none
  }
}

/**
 * Puts a file's tensors into a network's places.
 *
 * @throws Error naming the first tensor that is missing or has other dimensions
 */
export function matchTensors(
  report: NetworkReport,
  found: ReadonlyMap<string, Tensor>,
): ReadonlyMap<string, Tensor & { readonly data: Float32Array }> {
  const matched = new Map<string, Tensor & { readonly data: Float32Array }>();
  for (const { name, spec } of namedTensors(report)) {
    const tensor = found.get(name);
    if (tensor === undefined) throw new Error(`The file has no tensor "${name}" [${spec.dims.join(', ')}].`);
    if (tensor.dims.join() !== spec.dims.join() || !(tensor.data instanceof Float32Array)) {
      throw new Error(
        `"${name}" is ${tensor.dtype} [${tensor.dims.join(', ')}] in the file; the network needs float32 [${spec.dims.join(', ')}].`,
      );
    }
    matched.set(name, { ...tensor, data: tensor.data });
  }
  return matched;
}
