import { formatWhole } from '../format.ts';
import { grouped } from '../grouped.ts';
import { BLOCK } from '../layers/block.ts';
import type { Category } from '../layers/define.ts';
import { kindLabel, layerDefinition } from '../layers/index.ts';
import { blockOf, innerId, outputOf } from '../network/expand.ts';
import {
  BLOCK_INPUT,
  type Block,
  consumersOf,
  type Edge,
  inputsOf,
  type Layer,
  type LayerId,
  type Network,
} from '../network/network.ts';
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
  /** The name of the block that it stands for. */
  readonly block: string | undefined;
  /** The first thing that is wrong with it. */
  readonly problem: string | undefined;
  /** What is drawn in its frame; none: it is a block that is drawn as a box, or no block at all. */
  readonly inside: Inside | undefined;
}

/** The layers of a block that is drawn expanded. */
export interface Inside extends Drawing {
  /** The parts that what feeds the block goes to. */
  readonly fed: readonly LayerId[];
  /** The part whose output is the block's; none in a block on a cycle. */
  readonly output: LayerId | undefined;
}

/** A network as it is drawn. Each part comes after those that feed it, as far as there are no cycles. */
export interface Drawing {
  readonly parts: readonly Part[];
  readonly links: readonly Edge[];
}

export function toDrawing(network: Network, report: NetworkReport, options: DiagramOptions): Drawing {
  return drawGraph(network, report, options, openedBlocks(network, options));
}

/** All parts that are drawn by themselves: those in frames, and not the frames. */
export function leavesOf({ parts }: Drawing): readonly Part[] {
  return parts.flatMap((part) => (part.inside === undefined ? [part] : leavesOf(part.inside)));
}

/** The blocks whose layers are drawn. */
function openedBlocks(network: Network, { blocks }: DiagramOptions): ReadonlyMap<LayerId, Block> {
  const opened = new Map<LayerId, Block>();
  if (blocks === 'collapsed') return opened;
  const seen = new Set<Block>();
  for (const id of topologicalOrder(network).all) {
    const block = blockOf(network.layers.get(id) as Layer, network);
    if (block === undefined || block.layers.size === 0 || (blocks === 'once' && seen.has(block))) continue;
    seen.add(block);
    opened.set(id, block);
  }
  return opened;
}

function drawGraph(
  network: Network,
  report: NetworkReport,
  options: DiagramOptions,
  opened: ReadonlyMap<LayerId, Block>,
  fedFromOutside: ReadonlySet<LayerId> = new Set(),
): Drawing & { readonly hostOf: (id: LayerId) => LayerId } {
  const order = topologicalOrder(network).all;
  const hosts = foldingHosts(network, report, options, { order, opened, fedFromOutside });
  const hostOf = (id: LayerId) => hosts.get(id) ?? id;
  const members = grouped(order.map((id) => [hostOf(id), id]));
  return {
    hostOf,
    parts: [...members].map(([id, group]) => {
      const block = opened.get(id);
      const part = partOf(network, report, id, group.slice(1));
      return block === undefined ? part : { ...part, inside: drawInside(id, block, report, options) };
    }),
    links: network.edges.flatMap(({ from, to }) => (hosts.has(to) ? [] : [{ from: hostOf(from), to }])),
  };
}

function drawInside(id: LayerId, block: Block, report: NetworkReport, options: DiagramOptions): Inside {
  const inner = (layer: LayerId) => innerId(id, layer);
  const layers = [...block.layers.values()].map(
    (layer) => [inner(layer.id), { ...layer, id: inner(layer.id) }] as const,
  );
  const edges = block.edges.filter(({ from }) => from !== BLOCK_INPUT);
  const network = {
    layers: new Map(layers),
    edges: edges.map(({ from, to }) => ({ from: inner(from), to: inner(to) })),
  };
  const fed = block.edges.flatMap(({ from, to }) => (from === BLOCK_INPUT ? [inner(to)] : []));
  const { parts, links, hostOf } = drawGraph(network, report, options, new Map(), new Set(fed));
  const output = outputOf(block);
  return { parts, links, fed, output: output === undefined ? undefined : hostOf(inner(output)) };
}

interface Graph {
  readonly order: readonly LayerId[];
  /** Blocks that are drawn as frames. */
  readonly opened: ReadonlyMap<LayerId, Block>;
  /** Layers that something else feeds too. */
  readonly fedFromOutside: ReadonlySet<LayerId>;
}

/** For each layer that is folded: the layer that it is drawn with. */
function foldingHosts(
  network: Network,
  report: NetworkReport,
  options: DiagramOptions,
  { order, opened, fedFromOutside }: Graph,
): ReadonlyMap<LayerId, LayerId> {
  const inputs = inputsOf(network);
  const consumers = consumersOf(network);
  const hosts = new Map<LayerId, LayerId>();
  const seen = new Set<LayerId>();
  for (const id of order) {
    const [feeder, ...others] = inputs.get(id) ?? [];
    const isFedOnce = feeder !== undefined && others.length === 0 && !fedFromOutside.has(id);
    // A volume that feeds others too is drawn by itself: it is not what leaves the folded layer. A frame takes nothing in.
    if (isFedOnce && seen.has(feeder) && consumers.get(feeder)?.length === 1 && !opened.has(feeder)) {
      const layer = network.layers.get(id) as Layer;
      if (folds(layer, feeder, report, options)) hosts.set(id, hosts.get(feeder) ?? feeder);
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
  const layer = network.layers.get(id) as Layer;
  return {
    ...words,
    // INPUT's settings say no more than its volume.
    summary: words.summary === volumeText(own?.shape) ? '' : words.summary,
    shape: own?.shape,
    params: [id, ...folded].reduce((sum, one) => sum + (report.layers.get(one)?.costs.params ?? 0), 0),
    folded: folded.map((one) => wordsOf(network, one)),
    block: layer.kind === BLOCK ? String(layer.fields['block']) : undefined,
    problem: own?.problems[0]?.message,
    inside: undefined,
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
