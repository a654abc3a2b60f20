import { binaryCrossEntropy } from './binary-cross-entropy.ts';
import { crossEntropy } from './cross-entropy.ts';
import type { LossDefinition } from './define.ts';
import { hinge } from './hinge.ts';
import { meanSquaredError } from './mean-squared-error.ts';

/** Every loss, in the order in which they are offered. */
export const LOSSES = { crossEntropy, hinge, meanSquaredError, binaryCrossEntropy } as const;
export type LossKind = keyof typeof LOSSES;

export function lossDefinition(kind: LossKind): LossDefinition {
  return LOSSES[kind];
}
