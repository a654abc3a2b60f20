import type { LossKind } from '#core/training/losses/index.ts';
import { transferWeights } from '#core/weights/transfer.ts';
import { type CompiledDesign, initialValues } from './compiled-design.ts';
import type { NamedValues } from './states.ts';

/** The weights that a model is written with, and where they come from. */
export interface ModelWeights {
  /** Every tensor of the network by its full name. */
  readonly values: NamedValues;
  readonly weights: 'trained' | 'partly' | 'initial';
  /** Names of the layers with first weights, where others are trained. */
  readonly initialLayers: readonly string[];
  readonly steps: number;
  /** What they were trained with; where they were not, the design's. */
  readonly loss: LossKind;
}

const lossOf = ({ design }: CompiledDesign): LossKind => design.training.loss;

/** The weights that training would begin with. */
export function initialWeights(compiled: CompiledDesign): ModelWeights {
  return { values: initialValues(compiled), weights: 'initial', initialLayers: [], steps: 0, loss: lossOf(compiled) };
}

/**
 * The weights of a trained design for one that was made from it by editing: layer by layer, by id. What a layer cannot
 * take over keeps its first weights.
 *
 * @param found the trained design's tensors by their full names
 */
export function takeOver(
  compiled: CompiledDesign,
  trained: CompiledDesign,
  found: NamedValues,
  steps: number,
): ModelWeights {
  const { sources, layers } = transferWeights(trained.report, compiled.report);
  const values = new Map(initialValues(compiled));
  let taken = 0;
  for (const [name, source] of sources) {
    const value = found.get(source);
    if (value === undefined) continue;
    values.set(name, value);
    taken += 1;
  }
  if (taken === 0) return initialWeights(compiled);
  const initialLayers = layers.filter(({ state }) => state !== 'trained').map(({ name }) => name);
  return {
    values,
    weights: initialLayers.length === 0 ? 'trained' : 'partly',
    initialLayers,
    steps,
    loss: lossOf(trained),
  };
}
