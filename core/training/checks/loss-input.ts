import { kindLabel, layerDefinition } from '../../layers/index.ts';
import { canvasLayer, expand } from '../../network/expand.ts';
import { inputsOf, type Layer, type LayerId, type Network } from '../../network/network.ts';
import type { Fix } from '../../network/problems.ts';
import type { Check, Checked, TrainingProblem } from './define.ts';

/**
 * The loss reads values that an activation has already squeezed: SOFTMAX twice, SIGMOID before cross-entropy, SOFTMAX
 * before binary cross-entropy. Such a network trains, but slowly or towards something else than is meant.
 */
export const lossInput: Check = (checked) => {
  const { training, report } = checked;
  const inputs = inputsOf(expand(checked.network));
  const layerOf = (id: LayerId) => report.layers.get(id)?.layer;
  const last = layerOf(checked.output.id);
  if (last === undefined || training.loss === 'meanSquaredError') return [];
  if (training.loss === 'binaryCrossEntropy') return last.kind === 'Softmax' ? [softmaxBeforeBinary(last)] : [];
  // Both other losses read what a final SOFTMAX is made from.
  let id: LayerId | undefined = last.kind === 'Softmax' ? inputs.get(last.id)?.[0] : last.id;
  while (id !== undefined && layerDefinition(layerOf(id)?.kind ?? '')?.passesValues) id = inputs.get(id)?.[0];
  const read = layerOf(id ?? '');
  if (read === undefined) return [];
  if (read.kind === 'Softmax') return [softmaxTwice(checked, read, last)];
  const range = layerDefinition(read.kind)?.range;
  return range === undefined ? [] : [squeezed(checked, read, range)];
};

function softmaxBeforeBinary({ id, name }: Layer): TrainingProblem {
  return {
    code: 'loss-input',
    severity: 'warning',
    layer: canvasLayer(id),
    message: `Binary cross-entropy asks of each class for itself, yes or no; ${name} (SOFTMAX) makes the classes compete. End the network with SIGMOID, or train with softmax cross-entropy.`,
    fixes: [
      ...(canvasLayer(id) === id
        ? [{ label: `Replace ${name} with SIGMOID`, edits: [{ type: 'replace', layer: id, kind: 'Sigmoid' }] } as const]
        : []),
      { label: 'Train with softmax cross-entropy', edits: [], training: { loss: 'crossEntropy' } },
    ],
  };
}

function softmaxTwice({ network }: Checked, first: Layer, last: Layer): TrainingProblem {
  const why =
    last.kind === 'Softmax' && last.id !== first.id
      ? `${first.name} and ${last.name} are both SOFTMAX`
      : `${first.name} is a SOFTMAX, but not the last layer, and the loss applies softmax to what it gets`;
  return {
    code: 'loss-input',
    severity: 'warning',
    layer: canvasLayer(first.id),
    message: `${why}: applied twice, it flattens all scores towards each other and the network learns slowly. One SOFTMAX at the end is what is usually meant.`,
    fixes: bypassFixes(network, first),
  };
}

function squeezed({ network }: Checked, layer: Layer, range: string): TrainingProblem {
  const label = kindLabel(layer.kind);
  return {
    code: 'loss-input',
    severity: 'warning',
    layer: canvasLayer(layer.id),
    message: `The loss reads scores of any size, but ${layer.name} (${label}) lets only ${range} through: the network cannot become sure, and learns slowly. Remove it${layer.kind === 'Sigmoid' ? ', or train with binary cross-entropy' : ''}.`,
    fixes: [
      ...bypassFixes(network, layer),
      ...(layer.kind === 'Sigmoid'
        ? [{ label: 'Train with binary cross-entropy', edits: [], training: { loss: 'binaryCrossEntropy' } } as const]
        : []),
    ],
  };
}

/** Takes a layer out and connects what feeds it with what it feeds. Layers in a block cannot be removed from outside. */
function bypassFixes(network: Network, { id, name }: Layer): readonly Fix[] {
  if (canvasLayer(id) !== id) return [];
  const [source] = inputsOf(network).get(id) ?? [];
  if (source === undefined) return [];
  const fed = network.edges.filter(({ from }) => from === id).map(({ to }) => to);
  return [
    {
      label: `Remove ${name}`,
      edits: [{ type: 'remove', layers: [id] }, ...fed.map((to) => ({ type: 'connect', from: source, to }) as const)],
    },
  ];
}
