import type { InferenceSession } from 'onnxruntime-node';
import { layerDefinition } from '#core/layers/index.ts';
import type { NetworkReport } from '#core/network/propagate.ts';
import { STEP, type TrainingProgram, WATCHED } from '#core/training/program.ts';

type Results = InferenceSession.OnnxValueMapType;

/** A step gave a loss or weights that are no finite numbers; nothing of it was kept. */
export class NotFiniteError extends Error {
  override readonly name = 'NotFiniteError';
  readonly loss: number;
  /** The first value that is no finite number, in words: "the output of conv2 (CONV)". */
  readonly culprit: string | undefined;

  constructor(loss: number, culprit: string | undefined) {
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
): string | undefined {
  const named = (id: string) => {
    const layer = report.layers.get(id)?.layer;
    const label = layerDefinition(layer?.kind ?? '')?.label ?? layer?.kind;
    return `${layer?.name} (${label})`;
  };
  for (const id of report.order) {
    if (isBroken(results[WATCHED.activation(id)])) return `the output of ${named(id)}`;
  }
  if (isBroken(results[STEP.loss])) return 'the loss itself';
  const weights = states.filter(({ role }) => role === 'tensor');
  // Gradients are computed from the last layer to the first.
  for (const { tensor } of weights.toReversed()) {
    if (isBroken(results[WATCHED.gradient(tensor.name)])) {
      return `the gradient of ${tensor.spec.name} in ${named(tensor.layer)}`;
    }
  }
  for (const { tensor, next } of weights) {
    if (isBroken(results[next])) return `the ${tensor.spec.name} of ${named(tensor.layer)}`;
  }
  return undefined;
}

function isBroken(tensor: Results[string] | undefined): boolean {
  const data = tensor?.data;
  return data instanceof Float32Array && data.some((value) => !Number.isFinite(value));
}
