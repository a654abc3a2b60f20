import type { NetworkReport } from '../network/report.ts';
import { type NamedTensor, namedTensors } from './emit.ts';
import { isFrozen } from './rates.ts';

/** The tensors that training changes: weights and biases of layers that are not frozen. */
export function learnedTensors(report: NetworkReport): readonly NamedTensor[] {
  return namedTensors(report).filter(({ spec, layer }) => {
    const found = report.layers.get(layer)?.layer;
    return spec.role !== 'buffer' && found !== undefined && !isFrozen(found);
  });
}
