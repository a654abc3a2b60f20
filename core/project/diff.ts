import type { Block, Network, Note } from '../network/network.ts';
import { propagate } from '../network/propagate.ts';
import { TRAINING_FIELDS } from '../training/settings.ts';
import type { Design } from './design.ts';
import { type Change, changeOf } from './diff-change.ts';
import { diffFields, type FieldChange } from './diff-fields.ts';
import { diffLayers, type GraphDiff } from './diff-layers.ts';
import { type DesignTotals, designTotals } from './diff-totals.ts';

/** One of the design's own blocks: its name, and how many layers it has. */
export interface BlockEntry {
  readonly name: string;
  readonly layers: number;
}

/** A block that both designs have under the same name. Its layers have no volumes of their own. */
export interface BlockChange extends GraphDiff {
  readonly name: string;
}

/** A class whose label differs; undefined where that design has fewer labels. `index` counts from 0. */
export interface LabelChange extends Change<string | undefined> {
  readonly index: number;
}

/** How two designs differ. */
export interface DesignDiff {
  /** The designs' own names. That they differ is no difference, as with the names of two files. */
  readonly names: Change<string>;
  readonly totals: Change<DesignTotals>;
  readonly layers: GraphDiff;
  readonly blocks: {
    readonly added: readonly BlockEntry[];
    readonly removed: readonly BlockEntry[];
    readonly changed: readonly BlockChange[];
  };
  readonly training: readonly FieldChange[];
  readonly classLabels: readonly LabelChange[];
  /** How many notes on the canvas; matched by id, then by text. */
  readonly notes: { readonly added: number; readonly removed: number; readonly changed: number };
}

/**
 * Compares two designs: what has to be done to the first to get the second. Layers are matched as `matchLayers` says,
 * blocks by name. Designs with problems compare too. Positions and the designs' names are no difference.
 */
export function diffDesigns(before: Design, after: Design): DesignDiff {
  const [a, b] = [propagate(before.network), propagate(after.network)];
  return {
    names: { before: before.name, after: after.name },
    totals: { before: designTotals(a, before.training), after: designTotals(b, after.training) },
    layers: diffLayers({ graph: before.network, reports: a.layers }, { graph: after.network, reports: b.layers }),
    blocks: diffBlocks(before.network, after.network),
    training: diffFields(
      Object.keys(TRAINING_FIELDS),
      { specs: TRAINING_FIELDS, values: before.training },
      { specs: TRAINING_FIELDS, values: after.training },
    ),
    classLabels: diffLabels(before.classLabels, after.classLabels),
    notes: diffNotes(before.network, after.network),
  };
}

/** Whether nothing differs. */
export function isSame({ layers, blocks, training, classLabels, notes }: DesignDiff): boolean {
  const lists = [blocks.added, blocks.removed, blocks.changed, training, classLabels];
  return isSameGraph(layers) && lists.every((list) => list.length === 0) && Object.values(notes).every((n) => n === 0);
}

function isSameGraph({ added, removed, changed, connections, reordered }: GraphDiff): boolean {
  // Consequences have a cause among the others.
  const lists = [added, removed, changed, connections.added, connections.removed, reordered];
  return lists.every((list) => list.length === 0);
}

function diffBlocks({ blocks: before }: Network, { blocks: after }: Network): DesignDiff['blocks'] {
  const notIn = (one: Network['blocks'], other: Network['blocks']) =>
    [...(one ?? [])].flatMap(([name, { layers }]) => (other?.has(name) ? [] : [{ name, layers: layers.size }]));
  const placed = (graph: Block) => ({ graph, reports: new Map() });
  const changed = [...(after ?? [])].flatMap(([name, block]) => {
    const old = before?.get(name);
    const diff = old && diffLayers(placed(old), placed(block));
    return diff === undefined || isSameGraph(diff) ? [] : [{ name, ...diff }];
  });
  return { added: notIn(after, before), removed: notIn(before, after), changed };
}

function diffLabels(before: readonly string[], after: readonly string[]): readonly LabelChange[] {
  return Array.from({ length: Math.max(before.length, after.length) }).flatMap((_, index) => {
    const change = changeOf(before[index], after[index]);
    return change === undefined ? [] : [{ index, ...change }];
  });
}

function diffNotes({ notes: before }: Network, { notes: after }: Network): DesignDiff['notes'] {
  const changed = [...(before ?? [])].filter(([id, { text }]) => after?.has(id) && after.get(id)?.text !== text).length;
  const left = (one: Network['notes'], other: Network['notes']) =>
    [...(one?.values() ?? [])].filter(({ id }) => !other?.has(id)).map(({ text }: Note) => text);
  const removed = left(before, after);
  const added = left(after, before).filter((text) => {
    const same = removed.indexOf(text);
    if (same !== -1) removed.splice(same, 1);
    return same === -1;
  });
  return { added: added.length, removed: removed.length, changed };
}
