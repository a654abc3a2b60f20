import type { Network } from '../network/network.ts';
import type { NetworkReport } from '../network/propagate.ts';
import { GraphBuilder } from '../onnx/builder.ts';
import type { Graph, Value } from '../onnx/graph.ts';
import type { Target } from '../onnx/operators/operator.ts';
import { pruned } from '../onnx/prune.ts';
import type { RandomInput } from './emit.ts';
import { learnedTensors } from './learned.ts';
import {
  checkFinite,
  emitBuffers,
  emitGradients,
  emitUpdate,
  type RatesInput,
  SCALAR,
  STEP,
  type State,
} from './program.ts';
import type { CompiledSettings } from './settings.ts';

/**
 * A step's gradients for a part of its pictures, added to those of the parts before: for batches that do not fit into the
 * memory at once. The update is a program of its own, `compileUpdate`.
 */
export interface PartProgram {
  readonly graph: Graph;
  readonly randoms: readonly RandomInput[];
  /** Sums of gradients; the share of the batch that this part is comes in as `PART_SHARE`. */
  readonly sums: readonly Sum[];
  /** Running means and variances, which every part moves. */
  readonly buffers: readonly State[];
}

/** A sum before a part, the graph's input, and with it, the output. */
export type Sum = Pick<State, 'name' | 'next' | 'dims'>;

/** Name of the part program's input for its share of the batch. */
export const PART_SHARE = 'share';

/** Compiles the gradients for a part of a batch. */
export function compilePart(
  network: Network,
  report: NetworkReport,
  partSize: number,
  target: Target,
  settings: CompiledSettings,
): PartProgram {
  const graph = new GraphBuilder('training-part', target);
  const { forward, loss, correct, gradients } = emitGradients(graph, network, report, partSize, settings);
  const share = graph.input(PART_SHARE, SCALAR);
  const sums = [...gradients].map(([tensor, gradient]): Sum => {
    const [name, next, dims] = [sumName(tensor), `${sumName(tensor)}.next`, graph.dims(gradient)];
    const before = graph.input(name, { dtype: 'float32', dims });
    graph.output(graph.add('Add', [before, graph.add('Mul', [gradient, share], {})], {}), next);
    return { name, next, dims };
  });
  const buffers = emitBuffers(graph, report, forward.bufferUpdates);
  graph.output(loss, STEP.loss);
  graph.output(correct, STEP.correct);
  checkFinite(graph, buffers.finite);
  return { graph: pruned(graph.build()), randoms: forward.randoms, sums, buffers: buffers.states };
}

/** The update of all weights from the sums that the parts of a batch have added up to. */
export interface UpdateProgram {
  readonly graph: Graph;
  readonly states: readonly State[];
  readonly rates: readonly RatesInput[];
}

/** @param sums what the parts compute: for these tensors there are gradients */
export function compileUpdate(
  report: NetworkReport,
  sums: readonly Sum[],
  target: Target,
  settings: CompiledSettings,
): UpdateProgram {
  const graph = new GraphBuilder('training-update', target);
  const known = new Map(sums.map(({ name, dims }) => [name, dims]));
  const gradients = new Map<string, Value>();
  for (const { name, spec } of learnedTensors(report)) {
    const dims = known.get(sumName(name));
    if (dims === undefined) continue;
    graph.input(name, { dtype: 'float32', dims: spec.dims });
    gradients.set(name, graph.input(sumName(name), { dtype: 'float32', dims }));
  }
  const { states, rates, finite } = emitUpdate(graph, report, gradients, settings);
  checkFinite(graph, finite);
  return { graph: graph.build(), states, rates };
}

function sumName(tensor: string): string {
  return `sum/${tensor}`;
}
