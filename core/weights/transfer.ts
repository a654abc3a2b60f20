import { canvasLayer } from '../network/expand.ts';
import type { LayerId } from '../network/network.ts';
import type { LayerReport, NetworkReport } from '../network/report.ts';

/** Why a tensor of a layer keeps its first values. */
export type TransferReason =
  /** The trained network has no such layer. */
  | { readonly code: 'new-layer' }
  /** It was a layer of another kind. */
  | { readonly code: 'other-kind'; readonly before: string }
  /** The tensor has other dimensions now, or did not exist. */
  | {
      readonly code: 'other-size';
      readonly tensor: string;
      readonly before: readonly number[] | undefined;
      readonly after: readonly number[];
    };

/** What becomes of one layer's tensors when a network takes over the weights of another. */
export interface LayerTransfer {
  readonly layer: LayerId;
  /** As it is called in the network that takes the weights over. */
  readonly name: string;
  readonly state: 'trained' | 'partly' | 'initial';
  /** None where all of its tensors are trained ones. */
  readonly reasons: readonly TransferReason[];
}

/** Which weights of a trained network another one, made from it by editing, takes over. */
export interface WeightTransfer {
  /** For each tensor that is taken over, by its full name: its full name in the trained network. */
  readonly sources: ReadonlyMap<string, string>;
  /** Layers that have tensors, in the order in which they run. */
  readonly layers: readonly LayerTransfer[];
}

/**
 * Weights belong to layers by id: a new name, another place or a note change nothing. Layers that were grouped into a
 * block, or ungrouped, are found by the id that they have inside and outside of it. Of a layer that was changed, each
 * tensor that still has its dimensions is taken over.
 */
export function transferWeights(trained: NetworkReport, current: NetworkReport): WeightTransfer {
  const sources = new Map<string, string>();
  const layers: LayerTransfer[] = [];
  const partners = trainedLayers(trained.order, current.order);
  for (const id of current.order) {
    const report = current.layers.get(id);
    if (report === undefined || report.tensors.length === 0) continue;
    const partner = trained.layers.get(partners.get(id) ?? '');
    const reasons = reasonsOf(report, partner);
    const kept = keptTensors(report, partner);
    for (const tensor of kept) sources.set(`${report.layer.name}.${tensor}`, `${partner?.layer.name}.${tensor}`);
    const state = kept.length === 0 ? 'initial' : kept.length < report.tensors.length ? 'partly' : 'trained';
    layers.push({ layer: id, name: report.layer.name, state, reasons });
  }
  return { sources, layers };
}

/** The tensors of a layer that its partner has with the same dimensions, by their short names. */
function keptTensors(report: LayerReport, partner: LayerReport | undefined): readonly string[] {
  if (partner === undefined || partner.layer.kind !== report.layer.kind) return [];
  return report.tensors
    .filter(({ name, dims }) => dimsOf(partner, name)?.join() === dims.join())
    .map(({ name }) => name);
}

function reasonsOf(report: LayerReport, partner: LayerReport | undefined): readonly TransferReason[] {
  if (partner === undefined) return [{ code: 'new-layer' }];
  if (partner.layer.kind !== report.layer.kind) return [{ code: 'other-kind', before: partner.layer.kind }];
  return report.tensors.flatMap(({ name, dims }): TransferReason[] => {
    const before = dimsOf(partner, name);
    return before?.join() === dims.join() ? [] : [{ code: 'other-size', tensor: name, before, after: dims }];
  });
}

function dimsOf({ tensors }: LayerReport, name: string): readonly number[] | undefined {
  return tensors.find((tensor) => tensor.name === name)?.dims;
}

/**
 * For layers of the current network, the layer of the trained one that each of them is.
 *
 * @param trained all layers of the trained network, blocks expanded; `current` likewise
 */
export function trainedLayers(trained: readonly LayerId[], current: readonly LayerId[]): ReadonlyMap<LayerId, LayerId> {
  const partners = new Map<LayerId, LayerId>();
  const ids = new Set(trained);
  const taken = new Set<LayerId>();
  for (const id of current) {
    if (!ids.has(id)) continue;
    partners.set(id, id);
    taken.add(id);
  }
  // What is left on both sides, by the id without the block: only where there is just one of each.
  const before = uniqueByInnerId(trained.filter((id) => !taken.has(id)));
  const after = uniqueByInnerId(current.filter((id) => !partners.has(id)));
  for (const [inner, id] of after) {
    const partner = before.get(inner);
    if (partner !== undefined) partners.set(id, partner);
  }
  return partners;
}

function uniqueByInnerId(ids: readonly LayerId[]): ReadonlyMap<string, LayerId> {
  const unique = new Map<string, LayerId>();
  const twice = new Set<string>();
  for (const id of ids) {
    const inner = innerPart(id);
    if (unique.has(inner)) twice.add(inner);
    unique.set(inner, id);
  }
  for (const inner of twice) unique.delete(inner);
  return unique;
}

/** "conv1" of "block1/conv1"; an id that is in no block is its own. */
function innerPart(id: LayerId): string {
  const canvas = canvasLayer(id);
  return canvas === id ? id : id.slice(canvas.length + 1);
}
