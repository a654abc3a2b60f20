import { DEFAULT_TRAINING } from '#core/training/settings.ts';
import { type Batch, Batcher } from '../datasets/batches.ts';
import type { ImageSet } from '../datasets/image-set.ts';
import type { Backend } from './backends/define.ts';
import type { CompiledDesign } from './compiled-design.ts';
import { findOperator, relativeDifference } from './find-operator.ts';
import type { NamedValues } from './states.ts';
import { type Hyperparameters, Trainer } from './trainer.ts';

/** Pictures in the step that device and CPU are compared on. */
const COMPARED = 4;
/** Largest difference of a gradient, relative to its largest element, that rounding explains. */
const TOLERANCE = 1e-2;
/**
 * A tensor whose gradient is smaller than this share of its layer's largest is compared with that share instead: the
 * gradient of a bias in front of BATCH NORM is 0, and what is computed for it is rounding and nothing else.
 */
const NEGLIGIBLE = 1e-2;

const SETTINGS: Hyperparameters = { ...DEFAULT_TRAINING, learningRate: 0.01, momentum: 0.9, weightDecay: 0 };

export type Verdict =
  | { readonly agrees: true; readonly largestDifference: number }
  | { readonly agrees: false; readonly reason: string };

/**
 * One training step of this very network on a device and on the CPU, compared gradient by gradient. A device is trusted
 * with a run only if they agree: wrong results without an error are known (docs/decisions/0006-device-trust.md).
 */
export async function compareWithCpu(
  compiled: CompiledDesign,
  set: ImageSet,
  classes: number,
  values: NamedValues,
  device: Backend,
  cpu: Backend,
): Promise<Verdict> {
  const { design, report } = compiled;
  const order = Uint32Array.from({ length: Math.min(COMPARED, set.count) }, (_, i) => i);
  const on = async <T>(where: Backend, work: (trainer: Trainer, batch: Batch) => Promise<T>): Promise<T> => {
    const settings = { ...DEFAULT_TRAINING, loss: design.training.loss };
    const trainer = new Trainer(design.network, report, values, where, settings);
    try {
      return await work(trainer, new Batcher(set, classes).fill(order, 0, order.length));
    } finally {
      await trainer.dispose();
    }
  };
  const step = async (trainer: Trainer, batch: Batch) => {
    const { loss } = await trainer.step(batch, SETTINGS, 0);
    return { loss, gradients: await trainer.firstGradients() };
  };
  const expected = await on(cpu, step);
  const found = await on(device, step);
  /** Where it goes wrong: the very graph of the device, every value of it, there and on the CPU. */
  const because = async (difference: string): Promise<Verdict> => {
    const trace = (trainer: Trainer, batch: Batch) => trainer.trace(batch, SETTINGS, 0);
    const sameGraph: Backend = { ...cpu, target: () => device.target() };
    const wrong = findOperator(await on(device, trace), await on(sameGraph, trace), TOLERANCE);
    if (wrong === undefined) return { agrees: false, reason: difference };
    const where = `${wrong.node.op} (${wrong.node.name}) differs by ${formatDifference(wrong.difference)}`;
    return { agrees: false, reason: `${difference}: ${where}` };
  };
  if (relativeDifference([found.loss], [expected.loss]) > TOLERANCE) {
    return because(`it computes a loss of ${found.loss}, the CPU ${expected.loss}`);
  }
  const ofLayer = largestByLayer(expected.gradients);
  let worst = { name: '', difference: 0 };
  for (const [name, gradient] of expected.gradients) {
    const least = NEGLIGIBLE * (ofLayer.get(layerOf(name)) ?? 0);
    const difference = relativeDifference(found.gradients.get(name) ?? [], gradient, least);
    if (difference > worst.difference) worst = { name, difference };
  }
  if (worst.difference <= TOLERANCE) return { agrees: true, largestDifference: worst.difference };
  const layer = [...report.layers.values()].find((one) => one.layer.name === layerOf(worst.name))?.layer;
  const much = formatDifference(worst.difference);
  return because(`the gradient of ${worst.name} (${layer?.kind ?? 'unknown layer'}) differs from the CPU's by ${much}`);
}

function formatDifference(difference: number): string {
  return `${(100 * difference).toFixed(0)} %`;
}

/** The layer that a tensor's full name begins with. */
function layerOf(tensor: string): string {
  return tensor.slice(0, tensor.lastIndexOf('.'));
}

function largestByLayer(gradients: ReadonlyMap<string, Float32Array>): ReadonlyMap<string, number> {
  const largest = new Map<string, number>();
  for (const [name, gradient] of gradients) {
    const most = gradient.reduce((before, value) => Math.max(before, Math.abs(value)), 0);
    largest.set(layerOf(name), Math.max(most, largest.get(layerOf(name)) ?? 0));
  }
  return largest;
}
