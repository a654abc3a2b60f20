import { fitWindow, type WindowFit } from '../fit.ts';
import type { ShapeFault } from '../layers/define.ts';
import { layerDefinition } from '../layers/index.ts';
import { elements, isVolume, type Shape } from '../shape.ts';
import { isFrozen } from '../training/rates.ts';
import { withBlocks } from './block-reports.ts';
import { addUp, type Costs, countWeights } from './costs.ts';
import { type Cycle, cycleProblem, findCycles } from './cycles.ts';
import { findEnds } from './ends.ts';
import { expand, expandedSize } from './expand.ts';
import { namesUsedTwice, unknownKind, wiringProblem } from './faults.ts';
import { expansionFault, tensorsFault, volumeFault } from './limits.ts';
import { inputsOf, type Layer, type LayerId, type Network } from './network.ts';
import { topologicalOrder } from './order.ts';
import { type Problem, toFix } from './problems.ts';
import { receptiveField, sameField } from './receptive-field.ts';
import type { LayerReport, NetworkReport } from './report.ts';

export type { LayerReport, NetworkReport } from './report.ts';

const NOTHING: Costs = { weights: 0, params: 0, trainableParams: 0, macs: 0, activations: 0 };

/** Shapes, problems and costs of a whole network. Never stops at the first problem: whatever can be computed is. */
export function propagate(network: Network): NetworkReport {
  return propagateWith(network, rememberedReport);
}

/**
 * The same for a network that is only tried. The reports that it makes are not kept: those of the network on the canvas
 * are, so that they can be used again.
 *
 * @param isGood whether it is worth going on after this layer
 * @returns undefined where a layer was not good
 */
export function propagateTrial(
  network: Network,
  isGood: (report: LayerReport) => boolean = () => true,
): NetworkReport | undefined {
  let allGood = true;
  const report = propagateWith(network, trialReport, (layer) => {
    allGood &&= isGood(layer);
    return allGood;
  });
  return allGood ? report : undefined;
}

/** Makes the report of a layer, or takes one that was made for the same layer fed in the same way. */
type MakeReport = (layer: Layer, from: readonly (LayerReport | undefined)[]) => LayerReport;

/** @param goesOn asked after each layer */
function propagateWith(
  network: Network,
  makeReport: MakeReport,
  goesOn: (report: LayerReport) => boolean = () => true,
): NetworkReport {
  const excess = expansionFault(expandedSize(network));
  if (excess !== undefined) return tooLarge(network, excess);
  const flat = expand(network);
  const nameOf = (id: LayerId) => flat.layers.get(id)?.name ?? network.layers.get(id)?.name ?? id;
  const report = propagateFlat(flat, makeReport, goesOn, nameOf);
  return flat === network ? report : withBlocks(network, report);
}

/** The report of a network of which nothing is computed. */
function tooLarge(network: Network, message: string): NetworkReport {
  const problem: Problem = { code: 'too-large', message, fixes: [] };
  const order = [...network.layers.keys()];
  const layers = new Map(order.map((id) => [id, shapeless(network.layers.get(id) as Layer, [], [])]));
  return { layers, order, problems: [problem], totals: addUp([]), input: undefined, output: undefined };
}

function propagateFlat(
  network: Network,
  makeReport: MakeReport,
  goesOn: (report: LayerReport) => boolean,
  nameOf: (id: LayerId) => string,
): NetworkReport {
  const { sorted, all: order } = topologicalOrder(network);
  const inputs = inputsOf(network);
  const placed = new Set(sorted);
  const cycles = sorted.length === order.length ? [] : findCycles(network);
  const twice = namesUsedTwice(network);
  const layers = new Map<LayerId, LayerReport>();

  for (const id of order) {
    const layer = network.layers.get(id) as Layer;
    const from = inputs.get(id) ?? [];
    const report = placed.has(id)
      ? makeReport(
          layer,
          from.map((one) => layers.get(one)),
        )
      : unplaced(layer, from, placed, problemsAt(layer, network, cycles, nameOf));
    const sameName = twice.get(id);
    const named = sameName === undefined ? report : { ...report, problems: [...report.problems, sameName] };
    layers.set(id, named);
    if (!goesOn(named)) break;
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

/** The cycles that close at a layer, as problems. */
function problemsAt(
  { id }: Layer,
  network: Network,
  cycles: readonly Cycle[],
  nameOf: (id: LayerId) => string,
): readonly Problem[] {
  return cycles.filter(([first]) => first === id).map((cycle) => cycleProblem(network, cycle, nameOf));
}

/** A layer on a cycle or behind one. */
function unplaced(
  layer: Layer,
  from: readonly LayerId[],
  placed: ReadonlySet<LayerId>,
  problems: readonly Problem[],
): LayerReport {
  const waitsFor = problems.length === 0 ? from.find((id) => !placed.has(id)) : undefined;
  return shapeless(
    layer,
    from.map(() => undefined),
    problems,
    waitsFor,
  );
}

/**
 * The report made last for a layer, and what it was made from. Edits leave the layers that they do not change as they
 * are, so that while somebody types nearly every report can be used again.
 */
const made = new WeakMap<
  Layer,
  { readonly from: readonly (LayerReport | undefined)[]; readonly report: LayerReport }
>();

const rememberedReport: MakeReport = (layer, from) => {
  const report = trialReport(layer, from);
  if (made.get(layer)?.report !== report) made.set(layer, { from, report });
  return report;
};

const trialReport: MakeReport = (layer, from) => {
  const last = made.get(layer);
  const same = last?.from.length === from.length && last.from.every((before, i) => passesTheSame(before, from[i]));
  return same ? last.report : reportLayer(layer, from);
};

/** Whether two reports of a feeding layer mean the same to what it feeds. */
function passesTheSame(a: LayerReport | undefined, b: LayerReport | undefined): boolean {
  if (a === b) return true;
  return (
    a?.layer.id === b?.layer.id && sameNumbers(a?.shape, b?.shape) && sameField(a?.receptiveField, b?.receptiveField)
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
  const excess = volumeFault(shape) ?? tensorsFault(tensors);
  if (excess !== undefined) {
    const problem: Problem = { code: 'too-large', layer: layer.id, message: `${layer.name}: ${excess}`, fixes: [] };
    return shapeless(layer, inputShapes, [...problems, problem]);
  }
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
      trainableParams: isFrozen(layer) ? 0 : params,
      macs: definition.macs?.({ inputs, fields: layer.fields, output: shape }) ?? 0,
      activations: definition.inPlace ? 0 : elements(shape),
    },
    receptiveField: receptiveField(
      from.map((report) => report?.receptiveField),
      shape,
      fit,
      definition.placement?.(layer.fields),
    ),
  };
}

function problemOf(layer: Layer, { code, message, fixes = [] }: ShapeFault): Problem {
  return { code, layer: layer.id, message, fixes: fixes.map((fix) => toFix(layer.id, fix)) };
}
