import { formatWhole } from '../format.ts';
import { grouped } from '../grouped.ts';
import { BLOCK } from '../layers/block.ts';
import type { Category } from '../layers/define.ts';
import { kindLabel, layerDefinition } from '../layers/index.ts';
import { consumersOf, type Edge, inputsOf, type Layer, type LayerId, type Network } from '../network/network.ts';
import { topologicalOrder } from '../network/order.ts';
import type { NetworkReport } from '../network/report.ts';
import { type Shape, sameShape, volumeText } from '../shape.ts';
import type { DiagramOptions } from './options.ts';

/** A layer in words. */
export interface LayerWords {
  readonly id: LayerId;
  readonly name: string;
  /** The lectures' word for it: "CONV". */
  readonly label: string;
  /** Its settings: "6 · 5×5 S1 P2". */
  readonly summary: string;
  readonly category: Category | 'Unknown';
}

/** What is drawn as one thing: a layer, and those that follow it and are folded into it. */
export interface Part extends LayerWords {
  readonly shape: Shape | undefined;
  /** Of all its layers. */
  readonly params: number;
  readonly folded: readonly LayerWords[];
  readonly isBlock: boolean;
  /** The first thing that is wrong with it. */
  readonly problem: string | undefined;
}

/** A network as it is drawn. Each part comes after those that feed it, as far as there are no cycles. */
export interface Drawing {
  readonly parts: readonly Part[];
  readonly links: readonly Edge[];
}

export function toDrawing(network: Network, report: NetworkReport, options: DiagramOptions): Drawing {
  const order = topologicalOrder(network).all;
  const hosts = foldingHosts(network, report, order, options);
  const host = (id: LayerId) => hosts.get(id) ?? id;
  const members = grouped(order.map((id) => [host(id), id]));
  return {
    parts: [...members].map(([id, group]) => partOf(network, report, id, group.slice(1))),
    links: network.edges.flatMap(({ from, to }) => (hosts.has(to) ? [] : [{ from: host(from), to }])),
  };
}

/** For each layer that is folded: the layer that it is drawn with. */
function foldingHosts(
  network: Network,
  report: NetworkReport,
  order: readonly LayerId[],
  options: DiagramOptions,
): ReadonlyMap<LayerId, LayerId> {
  const inputs = inputsOf(network);
  const consumers = consumersOf(network);
  const hosts = new Map<LayerId, LayerId>();
  const seen = new Set<LayerId>();
  for (const id of order) {
    const [feeder, ...others] = inputs.get(id) ?? [];
    // A volume that feeds others too is drawn by itself: it is not what leaves the folded layer.
    const alone = feeder !== undefined && others.length === 0 && consumers.get(feeder)?.length === 1;
    if (alone && seen.has(feeder) && folds(network.layers.get(id) as Layer, feeder, report, options)) {
      hosts.set(id, hosts.get(feeder) ?? feeder);
    }
    seen.add(id);
  }
  return hosts;
}

/** Whether a layer that only `feeder` feeds is drawn with it. */
function folds({ id, kind }: Layer, feeder: LayerId, report: NetworkReport, { style, fold }: DiagramOptions): boolean {
  const definition = layerDefinition(kind);
  const own = report.layers.get(id);
  if (definition === undefined || kind === BLOCK || (own?.problems.length ?? 0) > 0) return false;
  // What works in place makes no volume to draw.
  if (style === 'volumes' && definition.inPlace) return true;
  if (!fold || !(definition.inPlace || definition.category === 'Regularisation')) return false;
  const [before, after] = [report.layers.get(feeder)?.shape, own?.shape];
  return before === undefined ? after === undefined : after !== undefined && sameShape(before, after);
}

function partOf(network: Network, report: NetworkReport, id: LayerId, folded: readonly LayerId[]): Part {
  const words = wordsOf(network, id);
  const own = report.layers.get(id);
  const isBlock = network.layers.get(id)?.kind === BLOCK;
  return {
    ...words,
    // INPUT's settings say no more than its volume.
    summary: words.summary === volumeText(own?.shape) ? '' : words.summary,
    shape: own?.shape,
    params: [id, ...folded].reduce((sum, one) => sum + (report.layers.get(one)?.costs.params ?? 0), 0),
    folded: folded.map((one) => wordsOf(network, one)),
    isBlock,
    problem: own?.problems[0]?.message,
  };
}

function wordsOf(network: Network, id: LayerId): LayerWords {
  const { name, kind, fields } = network.layers.get(id) as Layer;
  const definition = layerDefinition(kind);
  const summary = definition?.describe(fields) ?? '';
  const size = kind === BLOCK ? network.blocks?.get(summary)?.layers.size : undefined;
  return {
    id,
    name,
    label: kindLabel(kind),
    summary: size === undefined ? summary : `${summary} · ${size === 1 ? '1 layer' : `${size} layers`}`,
    category: definition?.category ?? 'Unknown',
  };
}

/** All that is known of a part, for whoever points at it or has it read out. */
export function describePart({ label, name, summary, shape, params, folded, problem }: Part): string {
  return [
    [label, name, summary].filter((word) => word !== '').join(' '),
    volumeText(shape),
    ...(params > 0 ? [`${formatWhole(params)} params`] : []),
    ...folded.map((layer) => [`+ ${layer.label}`, layer.name, layer.summary].filter((word) => word !== '').join(' ')),
    ...(problem === undefined ? [] : [problem]),
  ].join('\n');
}
