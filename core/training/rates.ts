import type { Layer } from '../network/network.ts';

/** Whether a layer keeps the weights it has. */
export function isFrozen({ fields }: Layer): boolean {
  return fields['trainable'] === false;
}

/** What the learning rate and weight decay are multiplied by for one tensor. */
export interface Rates {
  readonly learningRate: number;
  readonly decay: number;
}

/** The multipliers of a layer's weights or biases; 1 where a kind has none. */
export function ratesOf({ fields }: Layer, role: 'weight' | 'bias'): Rates {
  const number = (field: string) => {
    const value = fields[field];
    return typeof value === 'number' ? value : 1;
  };
  return role === 'bias'
    ? { learningRate: number('biasLearningRateMultiplier'), decay: number('biasDecayMultiplier') }
    : { learningRate: number('learningRateMultiplier'), decay: number('decayMultiplier') };
}
