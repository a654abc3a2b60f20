import { fitWindow, type WindowFit } from '../fit.ts';
import type { LayerDefinition, WeightSpec } from '../layers/define.ts';
import { layerDefinition } from '../layers/index.ts';
import { elements, isVolume, type Shape } from '../shape.ts';
import { addUp, type Costs, countWeights, type Totals } from './costs.ts';
import { freshName } from './names.ts';
import { consumersOf, inputsOf, type Layer, type LayerId, type Network } from './network.ts';
import { topologicalOrder } from './order.ts';
import { type Problem, toFix } from './problems.ts';
import { type ReceptiveField, receptiveField } from './receptive-field.ts';

/** All that can be said of one layer in its place. */
export interface LayerReport {
  readonly layer: Layer;
  readonly inputShapes: readonly (Shape | undefined)[];
  /** Its output, where it can be computed. A layer may have both a shape and a problem. */
  readonly shape?: Shape;
  readonly problems: readonly Problem[];
  /** Where nothing is wrong with it but a layer before it has no shape: that layer. */
  readonly waitsFor?: LayerId;
  /** How its window fits the input. */
  readonly fit?: WindowFit;
  readonly tensors: readonly WeightSpec[];
  readonly costs: Costs;
  readonly receptiveField?: ReceptiveField;
}

export interface NetworkReport {
  readonly layers: ReadonlyMap<LayerId, LayerReport>;
  /** Layers in an order in which they can run; those on or behind a cycle come last. */
  readonly order: readonly LayerId[];
  readonly problems: readonly Problem[];
  /** Sums over all layers whose shape is known. */
  readonly totals: Totals;
  /** The one INPUT and the one output, where there is just one of each. */
  readonly input?: LayerId;
  readonly output?: LayerId;
}

const NOTHING: Costs = { weights: 0, params: 0, macs: 0, activations: 0 };

/** Shapes, problems and costs of a whole network. Never stops at the first problem: whatever can be computed is. */
export function propagate(network: Network): NetworkReport {
  const { sorted, onCycle } = topologicalOrder(network);
  const inputs = inputsOf(network);
  const placed = new Set(sorted);
  const order = [...sorted, ...[...network.layers.keys()].filter((id) => !placed.has(id))];
  const twice = usedTwice(network);
  const layers = new Map<LayerId, LayerReport>();

  for (const id of order) {
    const layer = network.layers.get(id) as Layer;
    const from = inputs.get(id) ?? [];
    const report = placed.has(id)
      ? reportLayer(layer, from, layers)
      : { ...unplaced(layer, from, onCycle), tensors: [], costs: NOTHING };
    const naming = twice.has(id) ? [nameUsedTwice(network, layer)] : [];
    layers.set(id, naming.length > 0 ? { ...report, problems: [...report.problems, ...naming] } : report);
  }

  const ends = findEnds(network, layers);
  return {
    layers,
    order,
    problems: [...order.flatMap((id) => layers.get(id)?.problems ?? []), ...ends.problems],
    totals: addUp([...layers.values()].map((report) => report.costs)),
    ...(ends.input !== undefined && { input: ends.input }),
    ...(ends.output !== undefined && { output: ends.output }),
  };
}

function unplaced(layer: Layer, from: readonly LayerId[], onCycle: ReadonlySet<LayerId>) {
  const inputShapes = from.map(() => undefined);
  const blocking = from.find((id) => onCycle.has(id)) ?? from[0];
  if (!onCycle.has(layer.id)) {
    return { layer, inputShapes, problems: [], ...(blocking !== undefined && { waitsFor: blocking }) };
  }
  const problem: Problem = {
    code: 'cycle',
    layer: layer.id,
    message: `${layer.name} feeds itself through other layers. Remove one connection of the loop.`,
    fixes: from
      .filter((id) => onCycle.has(id))
      .map((id) => ({
        label: `Cut ${id === layer.id ? 'the loop' : `the edge from ${id}`}`,
        edits: [{ type: 'remove', layers: [], edges: [{ from: id, to: layer.id }] }],
      })),
  };
  return { layer, inputShapes, problems: [problem] };
}

function reportLayer(layer: Layer, from: readonly LayerId[], done: ReadonlyMap<LayerId, LayerReport>): LayerReport {
  const definition = layerDefinition(layer.kind);
  const inputShapes = from.map((id) => done.get(id)?.shape);
  const none = { layer, inputShapes, tensors: [], costs: NOTHING };
  if (definition === undefined) return { ...none, problems: [unknownKind(layer)] };

  const wiring = wiringProblem(layer, definition, from.length);
  if (wiring !== undefined) return { ...none, problems: [wiring] };
  const missing = inputShapes.indexOf(undefined);
  if (missing !== -1) return { ...none, problems: [], waitsFor: from[missing] as LayerId };

  const inputs = inputShapes as readonly Shape[];
  const given = { inputs, fields: layer.fields };
  const { shape, fault } = definition.outputShape(given);
  const window = definition.window?.(layer.fields);
  const [input] = inputs;
  const fit = window !== undefined && input !== undefined && isVolume(input) ? fitWindow(input, window) : undefined;
  const problems: readonly Problem[] =
    fault === undefined
      ? []
      : [
          {
            code: fault.code,
            layer: layer.id,
            message: fault.message,
            fixes: (fault.fixes ?? []).map((fix) => toFix(layer.id, fix)),
          },
        ];
  if (shape === undefined) return { ...none, problems, ...(fit && { fit }) };

  const tensors = definition.weights?.(given) ?? [];
  const field = receptiveField(
    from.map((id) => done.get(id)?.receptiveField),
    inputs,
    shape,
    window,
  );
  return {
    layer,
    inputShapes,
    shape,
    problems,
    tensors,
    costs: {
      ...countWeights(tensors),
      macs: definition.macs?.({ ...given, output: shape }) ?? 0,
      activations: definition.inPlace ? 0 : elements(shape),
    },
    ...(fit && { fit }),
    ...(field && { receptiveField: field }),
  };
}

function unknownKind(layer: Layer): Problem {
  return {
    code: 'unknown-kind',
    layer: layer.id,
    message: `This version does not know the layer kind "${layer.kind}". It is kept as it is; update ConvCanvas, or replace the layer.`,
    fixes: [{ label: `Remove ${layer.name}`, edits: [{ type: 'remove', layers: [layer.id] }] }],
  };
}

function wiringProblem(layer: Layer, definition: LayerDefinition, count: number): Problem | undefined {
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

/** Layers called like one made before them. */
function usedTwice(network: Network): ReadonlySet<LayerId> {
  const names = new Set<string>();
  const twice = new Set<LayerId>();
  for (const { id, name } of network.layers.values()) {
    if (names.has(name)) twice.add(id);
    names.add(name);
  }
  return twice;
}

function nameUsedTwice(network: Network, layer: Layer): Problem {
  const name = freshName(network, layerDefinition(layer.kind)?.stem ?? 'layer', layer.kind === 'Input');
  return {
    code: 'name-used-twice',
    layer: layer.id,
    message: `Two layers are called ${layer.name}; weights are named after layers, so each needs a name of its own.`,
    fixes: [{ label: `Rename to ${name}`, edits: [{ type: 'rename', layer: layer.id, name }] }],
  };
}

/** The network's one input and one output, and what is wrong with them. */
function findEnds(network: Network, reports: ReadonlyMap<LayerId, LayerReport>) {
  const problems: Problem[] = [];
  const consumers = consumersOf(network);
  const layers = [...network.layers.values()];
  const names = (some: readonly Layer[]) => some.map((layer) => layer.name).join(', ');

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
      fixes: outputs.map((layer) => ({
        label: `Remove ${layer.name}`,
        edits: [{ type: 'remove', layers: [layer.id] }],
      })),
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
