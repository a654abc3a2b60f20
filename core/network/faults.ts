import type { LayerDefinition } from '../layers/define.ts';
import { layerDefinition } from '../layers/index.ts';
import { freshName } from './names.ts';
import type { Layer, LayerId, Network } from './network.ts';
import type { Problem } from './problems.ts';

/** What may be wrong with a layer before its shape is asked for: kind, wiring, name; cycles have a file of their own. */

/** A kind that this version does not have. */
export function unknownKind(layer: Layer): Problem {
  return {
    code: 'unknown-kind',
    layer: layer.id,
    message: `This version does not know the layer kind "${layer.kind}". It is kept as it is; update ConvCanvas, or replace the layer.`,
    fixes: [{ label: `Remove ${layer.name}`, edits: [{ type: 'remove', layers: [layer.id] }] }],
  };
}

/** Too few or too many inputs. */
export function wiringProblem(layer: Layer, definition: LayerDefinition, count: number): Problem | undefined {
  const { min, max } = definition.arity;
  if (count >= min && count <= max) return undefined;
  if (count === 0) {
    return {
      code: 'not-connected',
      layer: layer.id,
      message: `${layer.name} is not connected: drag from the right side of another layer to its left side.`,
      fixes: [],
    };
  }
  const needs = max === 0 ? 'takes no input' : min === max ? `takes ${min} input` : `needs ${min} to ${max} inputs`;
  return {
    code: 'arity',
    layer: layer.id,
    message: `${definition.label} ${needs}; ${layer.name} has ${count}. ${count < min ? 'Connect another layer to it.' : 'Remove a connection.'}`,
    fixes: [],
  };
}

/** The problem of each layer that is called like one made before it. */
export function namesUsedTwice(network: Network): ReadonlyMap<LayerId, Problem> {
  const used = new Set<string>();
  const problems = new Map<LayerId, Problem>();
  // One name for each kind: a fix is taken before the next one is looked for.
  const offered = new Map<string, string>();
  for (const layer of network.layers.values()) {
    if (used.has(layer.name)) {
      const name = offered.get(layer.kind) ?? nameFor(network, layer);
      offered.set(layer.kind, name);
      problems.set(layer.id, {
        code: 'name-used-twice',
        layer: layer.id,
        message: `Two layers are called ${layer.name}; weights are named after layers, so each needs a name of its own.`,
        fixes: [{ label: `Rename to ${name}`, edits: [{ type: 'rename', layer: layer.id, name }] }],
      });
    }
    used.add(layer.name);
  }
  return problems;
}

function nameFor(network: Network, { kind }: Layer): string {
  return freshName(network, layerDefinition(kind)?.stem ?? 'layer', kind === 'Input');
}
