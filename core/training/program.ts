import type { Network } from '../network/network.ts';
import type { NetworkReport } from '../network/propagate.ts';
import { GraphBuilder } from '../onnx/builder.ts';
import type { Graph, Value } from '../onnx/graph.ts';
import type { Target } from '../onnx/operators/operator.ts';
import { clipped } from './clip.ts';
import { differentiate } from './differentiate.ts';
import { emitNetwork, type ForwardGraph, type Mask, type NamedTensor, namedTensors } from './emit.ts';
import { correctCount, smoothed, softmaxCrossEntropy } from './loss.ts';
import { optimizer } from './optimizers/index.ts';
import { type CompiledSettings, DEFAULT_TRAINING } from './settings.ts';

/** A tensor that every step reads and writes anew: a weight, what the optimizer keeps for it, a running mean. */
export interface State {
  /** Graph input: the value before the step. */
  readonly name: Value;
  /** Graph output: the value after it. */
  readonly next: Value;
  readonly dims: readonly number[];
  /** The network's tensor this is, or whose optimizer state it is. */
  readonly tensor: NamedTensor;
  readonly role: 'tensor' | 'slot';
}

/** One training step as an ONNX graph: forward, loss, gradients and update. */
export interface TrainingProgram {
  readonly graph: Graph;
  readonly batchSize: number;
  readonly classes: number;
  readonly states: readonly State[];
  readonly masks: readonly Mask[];
}

/** Names of the step's inputs and outputs besides the states. */
export const STEP = {
  pixels: 'pixels',
  target: 'target',
  loss: 'loss',
  correct: 'correct',
} as const;

const SCALAR = { dtype: 'float32', dims: [] } as const;

/** The number of classes a network's output can tell apart: its numbers in all. */
function asScores(graph: GraphBuilder, forward: ForwardGraph): Value {
  const dims = graph.dims(forward.scores);
  return dims.length === 2 ? forward.scores : graph.add('Flatten', [forward.scores], { axis: 1 });
}

/** Name of the state tensor that an optimizer keeps for a weight. */
export function slotName(tensor: string, slot: string): string {
  return `${tensor}.${slot}`;
}

/** Name of the graph input for one of an optimizer's numbers. */
export function scalarName(scalar: string): string {
  return `optimizer/${scalar}`;
}

/** Compiles a network to its training step for one batch size. */
export function compileTraining(
  network: Network,
  report: NetworkReport,
  batchSize: number,
  target: Target,
  settings: CompiledSettings = DEFAULT_TRAINING,
): TrainingProgram {
  const graph = new GraphBuilder('training-step', target);
  const { forward, scores, classes, wanted } = emitForBatch(graph, network, report, 'training', batchSize);
  const { slots, scalars: numbers, update } = optimizer(settings.optimizer);
  const scalarNames = Object.keys(numbers(DEFAULT_TRAINING, 1));
  const scalars = Object.fromEntries(scalarNames.map((name) => [name, graph.input(scalarName(name), SCALAR)]));
  const loss = graph.within('loss', () =>
    softmaxCrossEntropy(graph, scores, smoothed(graph, wanted, settings.labelSmoothing)),
  );
  const correct = graph.within('loss', () => correctCount(graph, scores, wanted));

  const tensors = namedTensors(report);
  const learned = tensors.filter((tensor) => tensor.spec.role !== 'buffer');
  const raw = differentiate(
    graph,
    loss,
    learned.map((tensor) => tensor.name),
  );
  const gradients = settings.clipNorm > 0 ? graph.within('clip', () => clipped(graph, raw, settings.clipNorm)) : raw;
  const states: State[] = [];
  const keep = (name: Value, updated: Value, tensor: NamedTensor, role: State['role']) => {
    const next = `${name}.next`;
    graph.output(updated, next);
    states.push({ name, next, dims: tensor.spec.dims, tensor, role });
  };
  graph.within('update', () => {
    for (const tensor of learned) {
      const gradient = gradients.get(tensor.name);
      if (gradient === undefined) continue; // the loss does not depend on it
      const type = { dtype: 'float32', dims: tensor.spec.dims } as const;
      const before = Object.fromEntries(slots.map((slot) => [slot, graph.input(slotName(tensor.name, slot), type)]));
      const updated = update({ graph, weight: tensor.name, gradient, slots: before, scalars });
      keep(tensor.name, updated.weight, tensor, 'tensor');
      for (const slot of slots) keep(slotName(tensor.name, slot), updated.slots[slot] as Value, tensor, 'slot');
    }
    for (const tensor of tensors) {
      const updated = forward.bufferUpdates.get(tensor.name);
      if (updated !== undefined) keep(tensor.name, updated, tensor, 'tensor');
    }
  });

  graph.output(loss, STEP.loss);
  graph.output(correct, STEP.correct);
  return { graph: graph.build(), batchSize, classes, states, masks: forward.masks };
}

/** The forward pass with its weights as inputs: evaluation, activation maps and the check of an exported file use it. */
export interface InferenceProgram {
  readonly graph: Graph;
  readonly tensors: readonly NamedTensor[];
  readonly classes: number;
}

/** The network over a batch of pictures, with its scores and what they should be as an input of the graph. */
function emitForBatch(
  graph: GraphBuilder,
  network: Network,
  report: NetworkReport,
  mode: 'training' | 'inference',
  batchSize: number,
) {
  const forward = emitNetwork(graph, network, report, {
    mode,
    batchSize,
    pixels: 'uint8',
    declare: ({ name, spec }) => graph.input(name, { dtype: 'float32', dims: spec.dims }),
  });
  const scores = asScores(graph, forward);
  const classes = graph.dims(scores)[1] as number;
  const wanted = graph.input(STEP.target, { dtype: 'float32', dims: [batchSize, classes] });
  return { forward, scores, classes, wanted };
}

/**
 * Compiles the forward pass for one batch size, with the loss and the hits of a batch as outputs.
 *
 * @param watch layers whose outputs are wanted too, under `activation/<id>`
 */
export function compileInference(
  network: Network,
  report: NetworkReport,
  batchSize: number,
  watch: readonly string[] = [],
): InferenceProgram {
  const graph = new GraphBuilder('inference');
  const { forward, scores, classes, wanted } = emitForBatch(graph, network, report, 'inference', batchSize);
  graph.output(softmaxCrossEntropy(graph, scores, wanted), STEP.loss);
  graph.output(correctCount(graph, scores, wanted), STEP.correct);
  graph.output(forward.output, 'output');
  for (const id of watch) {
    const value = forward.values.get(id);
    if (value !== undefined) graph.output(value, `activation/${id}`);
  }
  return { graph: graph.build(), tensors: namedTensors(report), classes };
}
