import { grouped } from '../grouped.ts';
import type { FieldSpecs } from '../layers/fields.ts';
import { layerDefinition } from '../layers/index.ts';
import { relevantFields } from '../layers/relevant-fields.ts';
import { BLOCK_INPUT, type Block, type Edge, type Layer, type LayerId } from '../network/network.ts';
import { topologicalOrder } from '../network/order.ts';
import type { LayerReport } from '../network/report.ts';
import { type Shape, sameShape } from '../shape.ts';
import { type Change, changeOf } from './diff-change.ts';
import { diffFields, type FieldChange } from './diff-fields.ts';

/** A layer as it is in one of the designs. */
export interface LayerEntry {
  readonly id: LayerId;
  readonly name: string;
  readonly kind: string;
  /** Its settings in a few characters: "6 · 5×5 S1 P2". */
  readonly settings: string;
  /** Its output, where that is known: the layers inside a block have none. */
  readonly shape: Shape | undefined;
}

/** What a layer comes to in its place; left out where both designs agree. */
export interface Outcome {
  readonly shape?: Change<Shape | undefined>;
  readonly params?: Change<number | undefined>;
}

/** A layer that both designs have, in which it differs by more than its place. */
export interface LayerChange extends Change<LayerEntry>, Outcome {
  readonly fields: readonly FieldChange[];
}

/** A layer that is the same in both designs, but comes to something else because of what feeds it. */
export interface Consequence extends Change<LayerEntry>, Outcome {}

/** A connection by its layers' names; `BLOCK_INPUT` is whatever feeds the block. */
export interface Connection {
  readonly from: string;
  readonly to: string;
}

/** A layer whose inputs come in another order, by their names. */
export interface Reordered extends Change<readonly string[]> {
  readonly layer: LayerEntry;
}

/** How two graphs of layers differ. Layers come in the order in which they run. */
export interface GraphDiff {
  readonly added: readonly LayerEntry[];
  readonly removed: readonly LayerEntry[];
  readonly changed: readonly LayerChange[];
  readonly consequences: readonly Consequence[];
  readonly connections: { readonly added: readonly Connection[]; readonly removed: readonly Connection[] };
  readonly reordered: readonly Reordered[];
}

type Reports = ReadonlyMap<LayerId, LayerReport>;

/** A graph of layers, with what is known of each. */
export interface Placed {
  readonly graph: Block;
  readonly reports: Reports;
}

/**
 * Which layers of two graphs are the same one: for ids of the first, the id in the second. By id first, since an id
 * names a layer for good. Of those left over, a layer is the one of its name and kind, if there is just one such on
 * either side: the same network drawn twice need not have the same ids. What is left then was added or removed.
 */
export function matchLayers(before: Block, after: Block): ReadonlyMap<LayerId, LayerId> {
  const match = new Map<LayerId, LayerId>();
  for (const id of before.layers.keys()) if (after.layers.has(id)) match.set(id, id);
  const left = ({ layers }: Block) => byLikeness([...layers.values()].filter(({ id }) => !match.has(id)));
  const others = left(after);
  for (const [like, [id, ...twins]] of left(before)) {
    const [other, ...more] = others.get(like) ?? [];
    if (id !== undefined && other !== undefined && twins.length + more.length === 0) match.set(id, other);
  }
  return match;
}

/** Ids of layers by their name and kind. */
function byLikeness(layers: readonly Layer[]): ReadonlyMap<string, readonly LayerId[]> {
  return grouped(layers.map(({ id, name, kind }) => [JSON.stringify([name, kind]), id]));
}

/** Compares two graphs of layers. Where layers stand on the canvas is no difference. */
export function diffLayers(before: Placed, after: Placed): GraphDiff {
  const match = matchLayers(before.graph, after.graph);
  const kept = new Map([...match].map(([from, to]) => [to, from]));
  const changed: LayerChange[] = [];
  const consequences: Consequence[] = [];
  for (const layer of inOrder(after.graph)) {
    const old = before.graph.layers.get(kept.get(layer.id) ?? '');
    if (old === undefined) continue;
    const change = { before: entryOf(old, before.reports), after: entryOf(layer, after.reports) };
    const outcome = outcomeOf(before.reports.get(old.id), after.reports.get(layer.id));
    const fields = layerFields(old, layer);
    if (fields.length > 0 || old.name !== layer.name || old.kind !== layer.kind) {
      changed.push({ ...change, ...outcome, fields });
    } else if (Object.keys(outcome).length > 0) consequences.push({ ...change, ...outcome });
  }
  return {
    added: only(after, (id) => kept.has(id)),
    removed: only(before, (id) => match.has(id)),
    changed,
    consequences,
    connections: diffEdges(before.graph, after.graph, match),
    reordered: diffOrder(before.graph, after, match, kept),
  };
}

/** The layers of one graph that the other has not. */
function only({ graph, reports }: Placed, shared: (id: LayerId) => boolean): readonly LayerEntry[] {
  return inOrder(graph)
    .filter(({ id }) => !shared(id))
    .map((layer) => entryOf(layer, reports));
}

/** Layers in the order in which they run; those on or behind a cycle last. */
function inOrder({ layers, edges }: Block): readonly Layer[] {
  const { all } = topologicalOrder({ layers, edges: edges.filter(({ from }) => from !== BLOCK_INPUT) });
  return all.map((id) => layers.get(id) as Layer);
}

function entryOf(layer: Layer, reports: Reports): LayerEntry {
  const { id, name, kind, fields } = layer;
  const settings = layerDefinition(kind)?.describe(fields) ?? '';
  return { id, name, kind, settings, shape: reports.get(id)?.shape };
}

function outcomeOf(before: LayerReport | undefined, after: LayerReport | undefined): Outcome {
  const same = (a: Shape | undefined, b: Shape | undefined) =>
    a === b || (a !== undefined && b !== undefined && sameShape(a, b));
  const shape = changeOf(before?.shape, after?.shape, same);
  const paramsOf = (report: LayerReport | undefined) => (report?.shape === undefined ? undefined : report.costs.params);
  // That a RELU has no params holds wherever it is.
  const params = changeOf(paramsOf(before), paramsOf(after), (a = 0, b = 0) => a === b);
  return { ...(shape && { shape }), ...(params && { params }) };
}

/** Fields that differ. Of those that only one of two kinds has, the ones that mean something as they are set. */
function layerFields(before: Layer, after: Layer): readonly FieldChange[] {
  const [a, b] = [before, after].map(({ kind, fields: values }) => ({
    specs: layerDefinition(kind)?.fields ?? {},
    values,
  })) as [ValuedLayer, ValuedLayer];
  const names = [...Object.keys(b.specs), ...Object.keys(b.values), ...Object.keys(a.specs), ...Object.keys(a.values)];
  if (before.kind === after.kind) return diffFields(names, a, b);
  const telling = (one: ValuedLayer, other: ValuedLayer, name: string) =>
    Object.hasOwn(other.values, name) || !Object.hasOwn(one.values, name) || saysSomething(one, name);
  return diffFields(
    names.filter((name) => telling(a, b, name) && telling(b, a, name)),
    a,
    b,
  );
}

interface ValuedLayer {
  readonly specs: FieldSpecs;
  readonly values: Layer['fields'];
}

function saysSomething({ specs, values }: ValuedLayer, name: string): boolean {
  const spec = specs[name];
  if (spec === undefined) return true;
  const isDefault = spec.added === true && spec.default === values[name];
  return !isDefault && relevantFields(specs, values).includes(name);
}

function nameIn({ layers }: Block, id: LayerId): string {
  return id === BLOCK_INPUT ? BLOCK_INPUT : (layers.get(id)?.name ?? id);
}

const keyOf = (from: LayerId, to: LayerId) => JSON.stringify([from, to]);

function diffEdges(before: Block, after: Block, match: ReadonlyMap<LayerId, LayerId>): GraphDiff['connections'] {
  const there = new Set(after.edges.map(({ from, to }) => keyOf(from, to)));
  /** An edge of the first graph as it would be in the second; none where one of its layers is gone. */
  const moved = ({ from, to }: Edge) => {
    const [source, target] = [from === BLOCK_INPUT ? from : match.get(from), match.get(to)];
    return source === undefined || target === undefined ? '' : keyOf(source, target);
  };
  const known = new Set(before.edges.map(moved));
  const named = (graph: Block, edges: readonly Edge[]) =>
    edges.map(({ from, to }) => ({ from: nameIn(graph, from), to: nameIn(graph, to) }));
  return {
    added: named(
      after,
      after.edges.filter(({ from, to }) => !known.has(keyOf(from, to))),
    ),
    removed: named(
      before,
      before.edges.filter((edge) => !there.has(moved(edge))),
    ),
  };
}

/** Layers whose inputs, of those that both graphs have, come in another order. It matters to CONCAT, for one. */
function diffOrder(
  before: Block,
  { graph: after, reports }: Placed,
  match: ReadonlyMap<LayerId, LayerId>,
  kept: ReadonlyMap<LayerId, LayerId>,
): readonly Reordered[] {
  const [old, fresh] = [sources(before), sources(after)];
  return inOrder(after).flatMap((layer) => {
    const then = old.get(kept.get(layer.id) ?? '');
    const now = fresh.get(layer.id);
    if (then === undefined || now === undefined) return [];
    const mapped = then.map((id) => (id === BLOCK_INPUT ? id : match.get(id)));
    const shared = mapped.filter((id) => id !== undefined && now.includes(id));
    const inNow = now.filter((id) => shared.includes(id));
    if (shared.every((id, i) => id === inNow[i])) return [];
    const names = (graph: Block, ids: readonly LayerId[]) => ids.map((id) => nameIn(graph, id));
    return [{ layer: entryOf(layer, reports), before: names(before, then), after: names(after, now) }];
  });
}

/** For each layer that has inputs, what feeds it in order. */
function sources({ edges }: Block): ReadonlyMap<LayerId, readonly LayerId[]> {
  return grouped(edges.map(({ from, to }) => [to, from]));
}
