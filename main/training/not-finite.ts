import type { InferenceSession } from 'onnxruntime-node';
import { layerDefinition } from '#core/layers/index.ts';
import type { NetworkReport } from '#core/network/propagate.ts';
import { STEP, type TrainingProgram, WATCHED } from '#core/training/program.ts';

type Results = InferenceSession.OnnxValueMapType;

/** Where a step's first value that is no finite number is. */
export interface Culprit {
  /** The layer's name; none where it is the loss itself. */
  readonly layer?: string;
  /** In words: "the output of conv2 (CONV)". */
  readonly what: string;
}

/** A step gave a loss or weights that are no finite numbers; nothing of it was kept. */
export class NotFiniteError extends Error {
  override readonly name = 'NotFiniteError';
  readonly loss: number;
  readonly culprit: Culprit | undefined;

  constructor(loss: number, culprit: Culprit | undefined) {
    super(`A step gave numbers that are not finite (loss ${loss})`);
    this.loss = loss;
    this.culprit = culprit;
  }
}

/** Looks where the numbers went wrong in the order in which a step computes: outputs, loss, gradients, new weights. */
export function findCulprit(
  report: NetworkReport,
  states: TrainingProgram['states'],
  results: Results,
): Culprit | undefined {
  const named = (id: string) => {
    const layer = report.layers.get(id)?.layer;
    const label = layerDefinition(layer?.kind ?? '')?.label ?? layer?.kind;
    return { layer: layer?.name ?? id, words: `${layer?.name} (${label})` };
  };
  for (const id of report.order) {
    const { layer, words } = named(id);
    if (isBroken(results[WATCHED.activation(id)])) return { layer, what: `the output of ${words}` };
  }
  if (isBroken(results[STEP.loss])) return { what: 'the loss itself' };
  const weights = states.filter(({ role }) => role === 'tensor');
  // Gradients are computed from the last layer to the first.
  for (const { tensor } of weights.toReversed()) {
    const { layer, words } = named(tensor.layer);
    if (isBroken(results[WATCHED.gradient(tensor.name)])) {
      return { layer, what: `the gradient of ${tensor.spec.name} in ${words}` };
    }
  }
  for (const { tensor, next } of weights) {
    const { layer, words } = named(tensor.layer);
    if (isBroken(results[next])) return { layer, what: `the ${tensor.spec.name} of ${words}` };
  }
  return undefined;
}

function isBroken(tensor: Results[string] | undefined): boolean {
  const data = tensor?.data;
  return data instanceof Float32Array && data.some((value) => !Number.isFinite(value));
}
