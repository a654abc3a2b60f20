import { fitWindow, type WindowFit } from '../fit.ts';
import type { LayerDefinition, ShapeFault, WeightSpec } from '../layers/define.ts';
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
  readonly shape: Shape | undefined;
  readonly problems: readonly Problem[];
  /** Where nothing is wrong with it but a layer before it has no shape: that layer. */
  readonly waitsFor: LayerId | undefined;
  /** How its window fits the input. */
  readonly fit: WindowFit | undefined;
  readonly tensors: readonly WeightSpec[];
  readonly costs: Costs;
  readonly receptiveField: ReceptiveField | undefined;
}

export interface NetworkReport {
  readonly layers: ReadonlyMap<LayerId, LayerReport>;
  /** Layers in an order in which they can run; those on or behind a cycle come last. */
  readonly order: readonly LayerId[];
  readonly problems: readonly Problem[];
  /** Sums over all layers whose shape is known. */
  readonly totals: Totals;
  /** The one INPUT and the one output, where there is just one of each. */
  readonly input: LayerId | undefined;
  readonly output: LayerId | undefined;
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
    const report = placed.has(id) ? reportOf(layer, from, layers) : unplaced(layer, from, onCycle);
    const named = twice.has(id) ? { ...report, problems: [...report.problems, nameUsedTwice(network, layer)] } : report;
    layers.set(id, named);
  }

  const ends = findEnds(network, layers);
  return {
    layers,
    order,
    problems: [...order.flatMap((id) => layers.get(id)?.problems ?? []), ...ends.problems],
    totals: addUp([...layers.values()].map((report) => report.costs)),
    input: ends.input,
    output: ends.output,
  };
}

/** What there is to say of a layer that has no shape. */
function shapeless(
  layer: Layer,
  inputShapes: readonly (Shape | undefined)[],
  problems: readonly Problem[],
  waitsFor?: LayerId,
  fit?: WindowFit,
): LayerReport {
  return {
    layer,
    inputShapes,
    shape: undefined,
    problems,
    waitsFor,
    fit,
    tensors: [],
    costs: NOTHING,
    receptiveField: undefined,
  };
}

function unplaced(layer: Layer, from: readonly LayerId[], onCycle: ReadonlySet<LayerId>): LayerReport {
  const inputShapes = from.map(() => undefined);
  if (!onCycle.has(layer.id)) {
    return shapeless(layer, inputShapes, [], from.find((id) => onCycle.has(id)) ?? from[0]);
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
  return shapeless(layer, inputShapes, [problem]);
}

/**
 * The report made last for a layer, and what it was made from. Edits leave the layers that they do not change as they
 * are, so that while somebody types nearly every report can be used again.
 */
const made = new WeakMap<
  Layer,
  { readonly from: readonly (LayerReport | undefined)[]; readonly report: LayerReport }
>();

function reportOf(layer: Layer, ids: readonly LayerId[], done: ReadonlyMap<LayerId, LayerReport>): LayerReport {
  const from = ids.map((id) => done.get(id));
  const last = made.get(layer);
  if (last?.from.length === from.length && last.from.every((before, i) => passesTheSame(before, from[i]))) {
    return last.report;
  }
  const report = reportLayer(layer, from);
  made.set(layer, { from, report });
  return report;
}

/** Whether two reports of a feeding layer mean the same to what it feeds. */
function passesTheSame(a: LayerReport | undefined, b: LayerReport | undefined): boolean {
  if (a === b) return true;
  return (
    a?.layer.id === b?.layer.id &&
    sameNumbers(a?.shape, b?.shape) &&
    sameNumbers(a?.receptiveField?.size, b?.receptiveField?.size) &&
    sameNumbers(a?.receptiveField?.jump, b?.receptiveField?.jump)
  );
}

function sameNumbers(a: readonly number[] | undefined, b: readonly number[] | undefined): boolean {
  return a === b || (a?.length === b?.length && a?.every((value, i) => value === b?.[i]) === true);
}

function reportLayer(layer: Layer, from: readonly (LayerReport | undefined)[]): LayerReport {
  const definition = layerDefinition(layer.kind);
  const inputShapes = from.map((report) => report?.shape);
  if (definition === undefined) return shapeless(layer, inputShapes, [unknownKind(layer)]);

  const wiring = wiringProblem(layer, definition, from.length);
  if (wiring !== undefined) return shapeless(layer, inputShapes, [wiring]);
  const missing = inputShapes.indexOf(undefined);
  if (missing !== -1) return shapeless(layer, inputShapes, [], from[missing]?.layer.id);

  const inputs = inputShapes as readonly Shape[];
  const given = { inputs, fields: layer.fields };
  const { shape, fault } = definition.outputShape(given);
  const window = definition.window?.(layer.fields);
  const [input] = inputs;
  const fit = window !== undefined && input !== undefined && isVolume(input) ? fitWindow(input, window) : undefined;
  const problems = fault === undefined ? [] : [problemOf(layer, fault)];
  if (shape === undefined) return shapeless(layer, inputShapes, problems, undefined, fit);

  const tensors = definition.weights?.(given) ?? [];
  const { weights, params } = countWeights(tensors);
  return {
    layer,
    inputShapes,
    shape,
    problems,
    waitsFor: undefined,
    fit,
    tensors,
    costs: {
      weights,
      params,
      macs: definition.macs?.({ inputs, fields: layer.fields, output: shape }) ?? 0,
      activations: definition.inPlace ? 0 : elements(shape),
    },
    receptiveField: receptiveField(
      from.map((report) => report?.receptiveField),
      shape,
      fit,
    ),
  };
}

function problemOf(layer: Layer, { code, message, fixes = [] }: ShapeFault): Problem {
  return { code, layer: layer.id, message, fixes: fixes.map((fix) => toFix(layer.id, fix)) };
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
