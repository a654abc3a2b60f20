import { DEFAULT_TRAINING } from '#core/training/settings.ts';
import { Batcher } from '../datasets/batches.ts';
import type { ImageSet } from '../datasets/image-set.ts';
import type { Backend } from './backend.ts';
import type { CompiledDesign } from './compiled-design.ts';
import { type Hyperparameters, type NamedValues, Trainer } from './trainer.ts';

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
  const stepOn = async (where: Backend) => {
    const settings = { ...DEFAULT_TRAINING, loss: design.training.loss };
    const trainer = new Trainer(design.network, report, values, where, settings);
    try {
      const { loss } = await trainer.step(new Batcher(set, classes).fill(order, 0, order.length), SETTINGS, 0);
      return { loss, gradients: await trainer.firstGradients() };
    } finally {
      await trainer.dispose();
    }
  };
  const expected = await stepOn(cpu);
  const found = await stepOn(device);
  if (relative([found.loss], [expected.loss]) > TOLERANCE) {
    return { agrees: false, reason: `it computes a loss of ${found.loss}, the CPU ${expected.loss}` };
  }
  const ofLayer = largestByLayer(expected.gradients);
  let worst = { name: '', difference: 0 };
  for (const [name, gradient] of expected.gradients) {
    const least = NEGLIGIBLE * (ofLayer.get(layerOf(name)) ?? 0);
    const difference = relative(found.gradients.get(name) ?? [], gradient, least);
    if (difference > worst.difference) worst = { name, difference };
  }
  if (worst.difference <= TOLERANCE) return { agrees: true, largestDifference: worst.difference };
  const layer = [...report.layers.values()].find((one) => one.layer.name === layerOf(worst.name))?.layer;
  const percent = (100 * worst.difference).toFixed(0);
  return {
    agrees: false,
    reason: `the gradient of ${worst.name} (${layer?.kind ?? 'unknown layer'}) differs from the CPU's by ${percent} %`,
  };
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

/** @param least what the difference is relative to where `expected` is smaller */
function relative(found: ArrayLike<number>, expected: ArrayLike<number>, least = 0): number {
  let [difference, scale] = [0, Math.max(least, 1e-6)];
  for (let i = 0; i < expected.length; i++) {
    const [a, b] = [found[i] as number, expected[i] as number];
    if (!Number.isFinite(a)) return Number.POSITIVE_INFINITY;
    difference = Math.max(difference, Math.abs(a - b));
    scale = Math.max(scale, Math.abs(b));
  }
  return difference / scale;
}
