import { formatBytes, formatGrowth, formatSigned, formatWhole } from '../format.ts';
import { kindLabel } from '../layers/index.ts';
import { BLOCK_INPUT } from '../network/network.ts';
import { formatSize, volumeText } from '../shape.ts';
import { type BlockEntry, type DesignDiff, isSame } from './diff.ts';
import type { Change } from './diff-change.ts';
import type { Connection, GraphDiff, LayerChange, LayerEntry, Outcome } from './diff-layers.ts';
import type { DesignTotals } from './diff-totals.ts';

/** A total of both designs as people read it; the same in the app and on the command line. */
export interface TotalRow {
  readonly label: string;
  readonly before: string;
  readonly after: string;
  /** "+1,234", "−12 B", "0"; empty where there is no one number to say it with. */
  readonly delta: string;
  /** "+2.00 %", where that can be said. */
  readonly growth: string;
  /** −1, 0 or 1. */
  readonly sign: number;
}

/** What was, and what is: one line of a table. */
export interface ValueRow {
  readonly label: string;
  readonly before: string;
  readonly after: string;
}

/** The totals, one a row; receptive fields where both designs have one. */
export function totalRows({ totals }: DesignDiff): readonly TotalRow[] {
  const { before, after } = totals;
  const batch = before.batch === after.batch ? String(after.batch) : `${before.batch} → ${after.batch}`;
  const row = (label: string, total: (of: DesignTotals) => number, format: (value: number) => string) =>
    totalRow(label, total(before), total(after), format);
  return [
    row('Params', (of) => of.params, formatWhole),
    row('Weights', (of) => of.weights, formatWhole),
    row('MACs an image', (of) => of.macs, formatWhole),
    row('Activations an image', (of) => of.activationBytes, formatBytes),
    row(`To train a batch of ${batch}`, (of) => of.trainingBytes, formatBytes),
    ...fieldRow(totals),
  ];
}

function totalRow(label: string, before: number, after: number, format: (value: number) => string): TotalRow {
  return {
    label,
    before: format(before),
    after: format(after),
    delta: formatSigned(after - before, format),
    growth: formatGrowth(before, after) ?? '',
    sign: Math.sign(after - before),
  };
}

function fieldRow({ before, after }: DesignDiff['totals']): readonly TotalRow[] {
  const [a, b] = [before.receptiveField, after.receptiveField];
  if (a === undefined || b === undefined) return [];
  const [dy, dx] = [b[0] - a[0], b[1] - a[1]];
  const delta = dx === dy ? formatSigned(dx, formatWhole) : '';
  const shown = { before: formatSize(a), after: formatSize(b) };
  return [{ label: 'Receptive field', ...shown, delta, growth: '', sign: dx === dy ? Math.sign(dx) : 0 }];
}

/**
 * Why a design's totals may not say it all: "LeNet-5 has 2 problems: …".
 *
 * @param names what the designs are called
 */
export function problemLines({ totals, ...diff }: DesignDiff, names: Change<string> = diff.names): readonly string[] {
  return (['before', 'after'] as const).flatMap((side) => {
    const { problems } = totals[side];
    if (problems === 0) return [];
    const count = problems === 1 ? 'a problem' : `${formatWhole(problems)} problems`;
    return [`${names[side]} has ${count}: its totals leave out the layers whose volume is not known.`];
  });
}

/** "1 layer added, 2 layers changed, 3 training settings changed"; or that there is no difference. */
export function summarize(diff: DesignDiff): string {
  if (isSame(diff)) {
    return 'No difference: the same layers, connections, blocks, training settings, class labels and notes.';
  }
  const { layers, blocks, training, classLabels } = diff;
  const parts = [
    counted(layers.added.length, 'layer', 'added'),
    counted(layers.removed.length, 'layer', 'removed'),
    counted(layers.changed.length, 'layer', 'changed'),
    counted(layers.connections.added.length, 'connection', 'added'),
    counted(layers.connections.removed.length, 'connection', 'removed'),
    counted(layers.reordered.length, 'layer', 'with inputs in another order'),
    counted(blocks.added.length, 'block', 'added'),
    counted(blocks.removed.length, 'block', 'removed'),
    counted(blocks.changed.length, 'block', 'changed'),
    counted(training.length, 'training setting', 'changed'),
    counted(classLabels.length, 'class label', 'changed'),
    ...noteLines(diff),
  ];
  return `${parts.filter((part) => part !== '').join(', ')}.`;
}

/** "1 layer added", "2 layers added", or nothing. */
function counted(count: number, noun: string, what: string): string {
  return count === 0 ? '' : `${formatWhole(count)} ${noun}${count === 1 ? '' : 's'} ${what}`;
}

/** All that differs in a layer: its name, its kind, its fields, and what it comes to. */
export function layerRows({ before, after, fields, ...outcome }: LayerChange): readonly ValueRow[] {
  return [
    ...(before.name === after.name ? [] : [{ label: 'Name', before: before.name, after: after.name }]),
    ...(before.kind === after.kind
      ? []
      : [{ label: 'Kind', before: kindLabel(before.kind), after: kindLabel(after.kind) }]),
    ...fields.map(({ label, shown }) => ({ label, ...shown })),
    ...outcomeRows(outcome),
  ];
}

/** A layer's volume and params, where they differ. */
export function outcomeRows({ shape, params }: Outcome): readonly ValueRow[] {
  return [
    ...(shape === undefined ? [] : [{ label: 'Volume', ...both(shape, volumeText) }]),
    ...(params === undefined
      ? []
      : [{ label: 'Params', ...both(params, (n) => (n === undefined ? '?' : formatWhole(n))) }]),
  ];
}

function both<T>({ before, after }: Change<T>, format: (value: T) => string): Change<string> {
  return { before: format(before), after: format(after) };
}

/** A layer in one line: "CONV 6 · 5×5 S1 P2". */
export function describeLayer({ kind, settings }: LayerEntry): string {
  return `${kindLabel(kind)} ${settings}`.trim();
}

/** One line of a list: something added, removed, or changed. */
export interface Line {
  readonly mark: '+' | '−' | '';
  readonly text: string;
}

/** "+ conv1 → relu1". */
export function formatLine({ mark, text }: Line): string {
  return `${mark} ${text}`.trim();
}

const added = (text: string): Line => ({ mark: '+', text });
const removed = (text: string): Line => ({ mark: '−', text });
const changed = (text: string): Line => ({ mark: '', text });

/** The connections that came and went. */
export function connectionLines({ connections }: GraphDiff): readonly Line[] {
  const text = ({ from, to }: Connection) => `${sourceName(from)} → ${to}`;
  return [
    ...connections.added.map((connection) => added(text(connection))),
    ...connections.removed.map((connection) => removed(text(connection))),
  ];
}

/** What feeds a layer, by name. */
function sourceName(from: string): string {
  return from === BLOCK_INPUT ? 'what feeds the block' : from;
}

/** "relu1, conv2": what feeds a layer, in order. */
export function inputNames(names: readonly string[]): string {
  return names.map(sourceName).join(', ');
}

/** The blocks that came and went, and all that differs inside the others. */
export function blockLines({ blocks }: DesignDiff): readonly Line[] {
  const text = ({ name, layers }: BlockEntry) => `${name}: ${counted(layers, 'layer', 'in it')}`;
  return [
    ...blocks.added.map((block) => added(text(block))),
    ...blocks.removed.map((block) => removed(text(block))),
    ...blocks.changed.flatMap((block) =>
      insideLines(block).map((line) => ({ ...line, text: `${block.name}: ${line.text}` })),
    ),
  ];
}

function insideLines(graph: GraphDiff): readonly Line[] {
  const layer = (entry: LayerEntry) => `${entry.name}, ${describeLayer(entry)}`;
  return [
    ...graph.added.map((entry) => added(layer(entry))),
    ...graph.removed.map((entry) => removed(layer(entry))),
    ...graph.changed.flatMap((change) =>
      layerRows(change).map(({ label, before, after }) =>
        changed(`${change.after.name}, ${label}: ${before} → ${after}`),
      ),
    ),
    ...connectionLines(graph),
    ...graph.reordered.map(({ layer: { name }, before, after }) =>
      changed(`${name}, inputs: ${inputNames(before)} → ${inputNames(after)}`),
    ),
  ];
}

/** The class labels that differ, "–" where a design has none at that place. */
export function labelRows({ classLabels }: DesignDiff): readonly ValueRow[] {
  return classLabels.map(({ index, before = '–', after = '–' }) => ({ label: String(index), before, after }));
}

/** How many notes differ: "1 note added". */
export function noteLines({ notes }: DesignDiff): readonly string[] {
  return (['added', 'removed', 'changed'] as const)
    .map((what) => counted(notes[what], 'note', what))
    .filter((line) => line !== '');
}
