import { adagrad } from './adagrad.ts';
import { adam, adamw } from './adam.ts';
import type { OptimizerDefinition } from './define.ts';
import { nesterov } from './nesterov.ts';
import { rmsprop } from './rmsprop.ts';
import { sgd } from './sgd.ts';

/** Every optimizer, in the order in which they are offered. */
export const OPTIMIZERS = { sgd, nesterov, adagrad, rmsprop, adam, adamw } as const;
export type OptimizerKind = keyof typeof OPTIMIZERS;

/** Tensors that an optimizer keeps for each weight. */
export function slotCount(kind: OptimizerKind): number {
  return OPTIMIZERS[kind].slots.length;
}

export function optimizer(kind: OptimizerKind): OptimizerDefinition {
  return OPTIMIZERS[kind] as unknown as OptimizerDefinition;
}
