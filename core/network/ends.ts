import { formatWhole } from '../format.ts';
import type { Layer, LayerId, Network } from './network.ts';
import { consumersOf } from './network.ts';
import { ancestors } from './order.ts';
import type { Fix, Problem } from './problems.ts';

/** Outputs up to which it is worked out what would be removed with each but one. */
const MAX_OUTPUTS = 8;

/** Layers that a message names, and offers to remove. */
const MAX_NAMED = 10;

/** The network's one input and one output, and what is wrong with them. */
export function findEnds(network: Network, reports: ReadonlyMap<LayerId, { readonly problems: readonly Problem[] }>) {
  const problems: Problem[] = [];
  const consumers = consumersOf(network);
  const layers = [...network.layers.values()];
  const names = (some: readonly Layer[]) => {
    const named = some.slice(0, MAX_NAMED).map((layer) => layer.name);
    const rest = some.length - named.length;
    return rest === 0 ? named.join(', ') : `${named.join(', ')} and ${formatWhole(rest)} more`;
  };

  const inputs = layers.filter((layer) => layer.kind === 'Input');
  if (inputs.length === 0) {
    problems.push({
      code: 'no-input',
      message: 'There is no INPUT: add one and connect it to the first layer.',
      fixes: [],
    });
  } else if (inputs.length > 1) {
    const message = `The network needs one INPUT, it has ${inputs.length}: ${names(inputs)}. Remove the others.`;
    problems.push({ code: 'two-inputs', message, fixes: [] });
  }

  // A layer that nothing feeds is reported as not connected; it is no output.
  const dangling = (layer: Layer) =>
    layer.kind === 'Input' || reports.get(layer.id)?.problems.some((problem) => problem.code === 'not-connected');
  const outputs = layers.filter((layer) => consumers.get(layer.id)?.length === 0 && !dangling(layer));
  if (outputs.length === 0) {
    const message =
      'The network has no output: connect layers behind the INPUT, the last with one unit for each class.';
    problems.push({ code: 'no-output', message, fixes: [] });
  } else if (outputs.length > 1) {
    problems.push({
      code: 'two-outputs',
      message: `The network needs one output, but nothing follows ${names(outputs)}. Connect or remove all but one.`,
      fixes: outputs.length > MAX_OUTPUTS ? [] : removals(network, outputs),
    });
  }
  const [input] = inputs;
  if (input !== undefined && inputs.length === 1 && outputs.length > 0 && consumers.get(input.id)?.length === 0) {
    const message = `${input.name} is not connected: drag from its right side to the first layer.`;
    problems.push({ code: 'not-connected', layer: input.id, message, fixes: [] });
  }
  return {
    problems,
    input: inputs.length === 1 ? input?.id : undefined,
    output: outputs.length === 1 ? outputs[0]?.id : undefined,
  };
}

/** For each output, the removal of it with all that leads to no other: a branch that was left behind. */
function removals(network: Network, outputs: readonly Layer[]): readonly Fix[] {
  const leading = outputs.map(({ id }) => ancestors(network, id));
  return outputs.map(({ name }, i) => {
    const others = leading.filter((_, at) => at !== i);
    const layers = [...(leading[i] ?? [])].filter((id) => !others.some((other) => other.has(id)));
    const rest = layers.length - 1;
    const along = rest === 0 ? '' : ` and the ${rest === 1 ? 'layer' : `${rest} layers`} that only lead there`;
    return { label: `Remove ${name}${along}`, edits: [{ type: 'remove', layers }] };
  });
}
