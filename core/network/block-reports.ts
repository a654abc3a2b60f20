import { addUp } from './costs.ts';
import { canvasLayer, expandable, innerId, outputOf } from './expand.ts';
import { BLOCK_INPUT, type Block, type Layer, type LayerId, type Network } from './network.ts';
import type { Problem } from './problems.ts';
import type { LayerReport, NetworkReport } from './report.ts';

/** The report of an expanded network, with what each block comes to, and problems told of the layers on the canvas. */
export function withBlocks(network: Network, flat: NetworkReport): NetworkReport {
  const layers = new Map<LayerId, LayerReport>();
  for (const [id, report] of flat.layers) layers.set(id, onCanvas(network, report));
  for (const [id, block] of expandable(network)) {
    layers.set(id, blockReport(network, network.layers.get(id) as Layer, block, flat));
  }
  return { ...flat, layers, problems: distinct(flat.problems.map((problem) => moved(network, problem))) };
}

/** The same report, unless it waits for a layer in a block: then it waits for that block. */
function onCanvas(network: Network, report: LayerReport): LayerReport {
  const { waitsFor, problems } = report;
  const inBlock = waitsFor !== undefined && canvasLayer(waitsFor) !== waitsFor;
  const elsewhere = problems.some(({ layer }) => layer !== undefined && canvasLayer(layer) !== layer);
  if (!inBlock && !elsewhere) return report;
  return {
    ...report,
    waitsFor: waitsFor && canvasLayer(waitsFor),
    problems: problems.map((problem) => moved(network, problem)),
  };
}

/** A problem of a layer in a block, told of the block. Its fixes would change a layer that is not on the canvas. */
function moved(network: Network, problem: Problem): Problem {
  if (problem.layer === undefined) return problem;
  const layer = canvasLayer(problem.layer);
  if (layer === problem.layer) return problem;
  const name = network.layers.get(layer)?.name ?? layer;
  return { ...problem, layer, message: `In ${name}: ${problem.message}`, fixes: [] };
}

function distinct(problems: readonly Problem[]): readonly Problem[] {
  const seen = new Set<string>();
  return problems.filter(({ layer, message }) => {
    const key = `${layer} ${message}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function blockReport(network: Network, layer: Layer, block: Block, flat: NetworkReport): LayerReport {
  const inside = (id = '') => flat.layers.get(innerId(layer.id, id));
  const reports = [...block.layers.keys()].flatMap((id) => inside(id) ?? []);
  const output = inside(outputOf(block));
  const first = block.edges.find(({ from }) => from === BLOCK_INPUT)?.to;
  const problems = distinct(reports.flatMap((report) => report.problems.map((problem) => moved(network, problem))));
  const waitsFor = reports
    .map((report) => report.waitsFor)
    .find((id) => id !== undefined && canvasLayer(id) !== layer.id);
  return {
    layer,
    inputShapes: inside(first)?.inputShapes.slice(0, 1) ?? [],
    shape: output?.shape,
    problems,
    waitsFor: waitsFor && canvasLayer(waitsFor),
    fit: undefined,
    tensors: [],
    costs: addUp(reports.map((report) => report.costs)),
    receptiveField: output?.receptiveField,
  };
}
