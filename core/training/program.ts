import type { Layer, LayerId, Network } from '../network/network.ts';
import type { NetworkReport } from '../network/propagate.ts';
import { GraphBuilder } from '../onnx/builder.ts';
import type { Graph, Value } from '../onnx/graph.ts';
import type { Target } from '../onnx/operators/operator.ts';
import { pruned } from '../onnx/prune.ts';
import { clipped } from './clip.ts';
import { differentiate } from './differentiate.ts';
import { emitNetwork, type NamedTensor, NotTrainableError, namedTensors, type RandomInput } from './emit.ts';
import { sumOf } from './finite.ts';
import { withL1 } from './l1.ts';
import { learnedTensors } from './learned.ts';
import { correctCount, smoothed } from './losses/accuracy.ts';
import { type LossKind, lossDefinition } from './losses/index.ts';
import { optimizer } from './optimizers/index.ts';
import { type Rates, ratesOf } from './rates.ts';
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
  readonly randoms: readonly RandomInput[];
  /** The optimizer's numbers are fed once for each set of multipliers that some tensor has. */
  readonly rates: readonly RatesInput[];
}

/** Where the numbers for tensors with these multipliers go. */
export interface RatesInput {
  readonly rates: Rates;
  /** Names of the graph's inputs, by the optimizer's names for the numbers; `L1` too where λ₁ is not 0. */
  readonly scalars: { readonly [scalar: string]: Value };
}

/** Names of the step's inputs and outputs besides the states. */
export const STEP = {
  pixels: 'pixels',
  target: 'target',
  loss: 'loss',
  correct: 'correct',
  /** Finite just where all weights are after the step. */
  finite: 'finite',
} as const;

/** Names of further outputs of a program that watches: a layer's output, a tensor's gradient. */
export const WATCHED = {
  activation: (layer: LayerId): Value => `activation/${layer}`,
  gradient: (tensor: string): Value => `gradient/${tensor}`,
} as const;

/** The scalar for λ₁, beside the optimizer's own. */
export const L1 = 'l1';

export const SCALAR = { dtype: 'float32', dims: [] } as const;

/** Name of the state tensor that an optimizer keeps for a weight. */
export function slotName(tensor: string, slot: string): string {
  return `${tensor}.${slot}`;
}

/** Name of the graph input for one of an optimizer's numbers. */
export function scalarName(scalar: string, { learningRate, decay }: Rates = { learningRate: 1, decay: 1 }): string {
  return learningRate === 1 && decay === 1 ? `optimizer/${scalar}` : `optimizer×${learningRate},${decay}/${scalar}`;
}

/**
 * Compiles a network to its training step for one batch size.
 *
 * @param watch also gives every layer's output and every gradient, to see where numbers went wrong
 */
export function compileTraining(
  network: Network,
  report: NetworkReport,
  batchSize: number,
  target: Target,
  settings: CompiledSettings = DEFAULT_TRAINING,
  watch = false,
): TrainingProgram {
  const graph = new GraphBuilder('training-step', target);
  const { forward, loss, correct, classes, gradients } = emitGradients(graph, network, report, batchSize, settings);
  const { states, rates, finite } = emitUpdate(graph, report, gradients, settings);
  const buffers = emitBuffers(graph, report, forward.bufferUpdates);
  graph.output(loss, STEP.loss);
  graph.output(correct, STEP.correct);
  checkFinite(graph, [...finite, ...buffers.finite]);
  if (watch) {
    for (const [id, value] of forward.values) graph.output(value, WATCHED.activation(id));
    for (const [tensor, gradient] of gradients) graph.output(gradient, WATCHED.gradient(tensor));
  }
  return {
    graph: pruned(graph.build()),
    batchSize,
    classes,
    states: [...states, ...buffers.states],
    randoms: forward.randoms,
    rates,
  };
}

/** The network over a batch, its loss and hits, and the gradient of every tensor that learns. */
export function emitGradients(
  graph: GraphBuilder,
  network: Network,
  report: NetworkReport,
  batchSize: number,
  settings: CompiledSettings,
) {
  const emitted = emitForBatch(graph, network, report, 'training', batchSize, settings.loss);
  const { forward, judged, scores, classes, wanted } = emitted;
  const loss = graph.within('loss', () =>
    lossDefinition(settings.loss).emit(graph, judged, smoothed(graph, wanted, settings.labelSmoothing)),
  );
  const correct = graph.within('loss', () => correctCount(graph, scores, wanted));
  const learned = learnedTensors(report);
  if (learned.length === 0) {
    throw new NotTrainableError('Nothing here learns: no layer has weights that are trainable. Add a CONV or an FC.');
  }
  const names = learned.map((tensor) => tensor.name);
  return { forward, loss, correct, classes, gradients: differentiate(graph, loss, names) };
}

/**
 * What the optimizer makes of the gradients, as outputs of the graph. L1 is a part of the loss, so its slope is added before
 * the gradients are clipped; weight decay is the optimizer's and comes after. Both as in PyTorch.
 */
export function emitUpdate(
  graph: GraphBuilder,
  report: NetworkReport,
  raw: ReadonlyMap<string, Value>,
  settings: CompiledSettings,
) {
  const { slots, scalars: numbers, update } = optimizer(settings.optimizer);
  const scalarNames = [...Object.keys(numbers(DEFAULT_TRAINING, 1)), ...(settings.l1Decay > 0 ? [L1] : [])];
  const inputs = new Map<string, RatesInput>();
  const scalarsFor = ({ layer: id, spec }: NamedTensor) => {
    const layer = report.layers.get(id)?.layer as Layer;
    const rates = ratesOf(layer, spec.role === 'bias' ? 'bias' : 'weight');
    const key = scalarName('', rates);
    const known = inputs.get(key);
    if (known !== undefined) return known.scalars;
    const input = (scalar: string) => graph.input(scalarName(scalar, rates), SCALAR);
    const made = { rates, scalars: Object.fromEntries(scalarNames.map((name) => [name, input(name)])) };
    inputs.set(key, made);
    return made.scalars;
  };
  // One that the loss does not depend on has no gradient.
  const learned = learnedTensors(report).filter(({ name }) => raw.has(name));
  const pulled = new Map(
    learned.map((tensor) => {
      const gradient = raw.get(tensor.name) as Value;
      const l1 = scalarsFor(tensor)[L1];
      if (l1 === undefined) return [tensor.name, gradient] as const;
      return [tensor.name, graph.within('l1', () => withL1(graph, gradient, tensor.name, l1))] as const;
    }),
  );
  const { clipNorm } = settings;
  const gradients = clipNorm > 0 ? graph.within('clip', () => clipped(graph, pulled, clipNorm)) : pulled;
  const decays = settings.weightDecay > 0;
  const states: State[] = [];
  const finite: Value[] = [];
  graph.within('update', () => {
    // The last layer's first: the runtime computes them in this order, and a gradient is gone before the next is there.
    for (const tensor of learned.toReversed()) {
      const gradient = gradients.get(tensor.name) as Value;
      const type = { dtype: 'float32', dims: tensor.spec.dims } as const;
      const before = Object.fromEntries(slots.map((slot) => [slot, graph.input(slotName(tensor.name, slot), type)]));
      const scalars = scalarsFor(tensor);
      const updated = update({ graph, weight: tensor.name, gradient, decays, slots: before, scalars });
      states.push(nextState(graph, tensor.name, updated.weight, tensor, 'tensor'));
      for (const slot of slots) {
        const name = slotName(tensor.name, slot);
        states.push(nextState(graph, name, updated.slots[slot] as Value, tensor, 'slot'));
      }
      finite.push(updated.weight);
    }
  });
  return { states, rates: [...inputs.values()], finite };
}

/** Running means and variances as outputs of the graph. */
export function emitBuffers(graph: GraphBuilder, report: NetworkReport, updates: ReadonlyMap<string, Value>) {
  const moved = namedTensors(report).flatMap((tensor) => {
    const updated = updates.get(tensor.name);
    return updated === undefined ? [] : [{ tensor, updated }];
  });
  const states = moved.map(({ tensor, updated }) => nextState(graph, tensor.name, updated, tensor, 'tensor'));
  return { states, finite: moved.map(({ updated }) => updated) };
}

function nextState(graph: GraphBuilder, name: Value, updated: Value, tensor: NamedTensor, role: State['role']): State {
  const next = `${name}.next`;
  graph.output(updated, next);
  return { name, next, dims: tensor.spec.dims, tensor, role };
}

export function checkFinite(graph: GraphBuilder, values: readonly Value[]): void {
  graph.output(
    graph.within('check', () => sumOf(graph, values)),
    STEP.finite,
  );
}

/** The forward pass with its weights as inputs: evaluation, activation maps and the check of an exported file use it. */
export interface InferenceProgram {
  readonly graph: Graph;
  readonly tensors: readonly NamedTensor[];
  readonly classes: number;
}

/** The network over a batch of pictures, with what the loss reads of it and what that should be as an input. */
function emitForBatch(
  graph: GraphBuilder,
  network: Network,
  report: NetworkReport,
  mode: 'training' | 'inference',
  batchSize: number,
  loss: LossKind,
) {
  const forward = emitNetwork(graph, network, report, {
    mode,
    batchSize,
    pixels: 'uint8',
    declare: ({ name, spec }) => graph.input(name, { dtype: 'float32', dims: spec.dims }),
  });
  const judged = asMatrix(graph, forward[lossDefinition(loss).reads]);
  const scores = asMatrix(graph, forward.scores);
  const classes = graph.dims(scores)[1] as number;
  const wanted = graph.input(STEP.target, { dtype: 'float32', dims: [batchSize, classes] });
  return { forward, judged, scores, classes, wanted };
}

/** [N, numbers in all]: a value of the network with one number for each class. */
function asMatrix(graph: GraphBuilder, value: Value): Value {
  return graph.dims(value).length === 2 ? value : graph.add('Flatten', [value], { axis: 1 });
}

/**
 * Compiles the forward pass for one batch size, with the loss and the hits of a batch as outputs.
 *
 * @param watch layers whose outputs are wanted too
 */
export function compileInference(
  network: Network,
  report: NetworkReport,
  batchSize: number,
  watch: readonly LayerId[] = [],
  loss: LossKind = DEFAULT_TRAINING.loss,
): InferenceProgram {
  const graph = new GraphBuilder('inference');
  const { forward, judged, scores, classes, wanted } = emitForBatch(
    graph,
    network,
    report,
    'inference',
    batchSize,
    loss,
  );
  graph.output(lossDefinition(loss).emit(graph, judged, wanted), STEP.loss);
  graph.output(correctCount(graph, scores, wanted), STEP.correct);
  graph.output(forward.output, 'output');
  for (const id of watch) {
    const value = forward.values.get(id);
    if (value !== undefined) graph.output(value, WATCHED.activation(id));
  }
  return { graph: graph.build(), tensors: namedTensors(report), classes };
}
