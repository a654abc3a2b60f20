import type { WeightSpec } from '../layers/define.ts';
import { elementCount } from '../onnx/tensor.ts';

/** How each figure is counted, as the ledger and the README say it. */
export const CONVENTIONS = {
  weights: 'Weights without biases; γ counts for BATCH NORM.',
  params: 'Weights and biases: everything that is learned. Running means and variances are not.',
  macs: 'Multiply–accumulates of CONV and FC for one image, forward; other layers count 0, as in the lectures.',
  activations:
    'Numbers in the output volumes, the input among them. Element-wise layers (RELU, DROPOUT, SOFTMAX …) and FLATTEN work in place and count 0, as in the lectures.',
  activationBytes: '4 bytes (float32) for each activation of one image.',
  receptiveField:
    'Width and height, in pixels of the input, of what one output value depends on, as if the input had no end: values near the border see less. None behind FC, FLATTEN and RESHAPE.',
  trainingBytes:
    '4 bytes × (params × (2 + s) for weights, gradients and what the optimizer keeps + batch × activations kept for the backward pass); s is 1 for SGD with momentum, Adagrad and RMSprop, 2 for Adam. Of a frozen layer there are weights only. The engine needs working space on top.',
} as const;

const BYTES = 4;

/** What one layer costs for one image. */
export interface Costs {
  readonly weights: number;
  readonly params: number;
  /** Params that training changes: not those of frozen layers. */
  readonly trainableParams: number;
  readonly macs: number;
  readonly activations: number;
}

export interface Totals extends Costs {
  readonly activationBytes: number;
}

export function countWeights(specs: readonly WeightSpec[]): Pick<Costs, 'weights' | 'params'> {
  let [weights, biases] = [0, 0];
  for (const { role, dims } of specs) {
    if (role === 'weight') weights += elementCount(dims);
    else if (role === 'bias') biases += elementCount(dims);
  }
  return { weights, params: weights + biases };
}

export function addUp(costs: Iterable<Costs>): Totals {
  const total = { weights: 0, params: 0, trainableParams: 0, macs: 0, activations: 0 };
  for (const cost of costs) {
    total.weights += cost.weights;
    total.params += cost.params;
    total.trainableParams += cost.trainableParams;
    total.macs += cost.macs;
    total.activations += cost.activations;
  }
  return { ...total, activationBytes: activationBytes(total) };
}

export function activationBytes({ activations }: Pick<Costs, 'activations'>): number {
  return BYTES * activations;
}

/** Bytes that training keeps, by what they are for. */
export interface MemoryParts {
  readonly activations: number;
  readonly weights: number;
  readonly gradients: number;
  readonly optimizer: number;
}

/**
 * Bytes that training keeps for a batch of this size, by the convention above.
 *
 * @param slots tensors that the optimizer keeps for each weight
 */
export function memoryParts(costs: Costs, batchSize: number, slots = 1): MemoryParts {
  const gradients = BYTES * costs.trainableParams;
  return {
    activations: BYTES * batchSize * costs.activations,
    weights: BYTES * costs.params,
    gradients,
    optimizer: slots * gradients,
  };
}

/** The sum of `memoryParts`. */
export function trainingBytes(costs: Costs, batchSize: number, slots = 1): number {
  const { activations, weights, gradients, optimizer } = memoryParts(costs, batchSize, slots);
  return activations + weights + gradients + optimizer;
}
