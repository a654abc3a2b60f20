import { layerDefinition } from '../layers/index.ts';
import { LEARNING } from '../layers/learning.ts';
import { expand } from '../network/expand.ts';
import type { Block, LayerId, Network } from '../network/network.ts';
import type { NetworkReport } from '../network/report.ts';
import { diffLayers, type LayerChange } from '../project/diff-layers.ts';
import { connectionLines, formatLine } from '../project/diff-text.ts';
import { trainedLayers } from './transfer.ts';

/** Changes that are written out. */
const MAX_LINES = 12;

interface Placed {
  readonly network: Network;
  readonly report: NetworkReport;
}

/**
 * What differs in what two networks compute, in sentences: layers, settings, connections, but not names, places, notes,
 * blocks or how layers learn. With the same weights they then give other results.
 */
export function changesSince(before: Placed, after: Placed): readonly string[] {
  const trained = expand(before.network);
  const current = underIds(expand(after.network), trainedLayers(before.report.order, after.report.order));
  // Volumes follow from the rest.
  const diff = diffLayers({ graph: trained, reports: new Map() }, { graph: current, reports: new Map() });
  const lines = [
    ...diff.removed.map(({ name }) => `${name} was removed.`),
    ...diff.added.map(({ name }) => `${name} was added.`),
    ...diff.changed.flatMap(changedFields),
    ...connectionLines(diff).map((line) => `Connection: ${formatLine(line)}`),
    ...diff.reordered.map(({ layer }) => `${layer.name} takes its inputs in another order.`),
  ];
  const rest = lines.length - MAX_LINES;
  return rest > 0 ? [...lines.slice(0, MAX_LINES), `and ${rest} more.`] : lines;
}

/** A network whose layers have the ids that they had in another one. */
function underIds({ layers, edges }: Block, ids: ReadonlyMap<LayerId, LayerId>): Block {
  const idOf = (id: LayerId) => ids.get(id) ?? id;
  return {
    layers: new Map([...layers.values()].map((layer) => [idOf(layer.id), { ...layer, id: idOf(layer.id) }])),
    edges: edges.map(({ from, to }) => ({ from: idOf(from), to: idOf(to) })),
  };
}

function changedFields({ before, after, fields }: LayerChange): readonly string[] {
  const specs = layerDefinition(after.kind)?.fields ?? {};
  const kind = before.kind === after.kind ? [] : [`${after.name} is of another kind.`];
  const computed = fields.filter(({ field }) => specs[field]?.section !== LEARNING && !DRAWING.test(field));
  return [
    ...kind,
    ...computed.map(({ label, shown }) => `${after.name}: ${label} was ${shown.before}, is ${shown.after}.`),
  ];
}

/** How first weights are drawn: it no longer matters once they are trained. */
const DRAWING = /^(initializer|slope$)/;
