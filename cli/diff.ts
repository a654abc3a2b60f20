import type { Design } from '#core/project/design.ts';
import { type DesignDiff, diffDesigns, isSame } from '#core/project/diff.ts';
import type { Change } from '#core/project/diff-change.ts';
import type { LayerEntry } from '#core/project/diff-layers.ts';
import {
  blockLines,
  connectionLines,
  describeLayer,
  formatLine,
  inputNames,
  labelRows,
  layerRows,
  noteLines,
  outcomeRows,
  problemLines,
  summarize,
  totalRows,
  type ValueRow,
} from '#core/project/diff-text.ts';
import { volumeText } from '#core/shape.ts';
import { readDesignArgument } from './design-argument.ts';
import { parseOptions } from './options.ts';
import { formatTable } from './table.ts';
import { UsageError } from './usage-error.ts';

/** Exit codes as those of diff(1): trouble must not look like a difference. */
const SAME = 0;
const DIFFERENT = 1;
const TROUBLE = 2;

/** `diff <file|template> <file|template> [--json]`: what has to be done to the first design to get the second. */
export async function diff(args: readonly string[]): Promise<number> {
  const { values, words } = parseOptions(args, { json: { type: 'boolean' } }, 2);
  if (words.length < 2) throw new UsageError('Name two designs: diff before.convcanvas after.convcanvas');
  const designs = await readBoth(words[0], words[1]);
  if (designs === undefined) return TROUBLE;
  const found = diffDesigns(designs.before, designs.after);
  console.log(values.json ? toJson(found) : toText(found));
  return isSame(found) ? SAME : DIFFERENT;
}

/** Both designs; none where a file holds no design, of which the reason is told. */
async function readBoth(before: string | undefined, after: string | undefined): Promise<Change<Design> | undefined> {
  try {
    return { before: await readDesignArgument(before), after: await readDesignArgument(after) };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    console.error(error instanceof Error ? error.message : String(error));
    return undefined;
  }
}

/** What one design lacks is null. */
function toJson(found: DesignDiff): string {
  return JSON.stringify({ same: isSame(found), ...found }, (_, value) => (value === undefined ? null : value), 2);
}

function toText(found: DesignDiff): string {
  const { names, layers, training } = found;
  const sections = [
    table('Layers changed', ['layer', 'setting', 'before', 'after'], rowsByLayer(layers.changed, layerRows)),
    ...(['added', 'removed'] as const).map((what) =>
      table(
        `Layers ${what}`,
        ['layer', 'settings', 'volume'],
        layers[what].map((layer) => [layer.name, describeLayer(layer), volumeText(layer.shape)]),
      ),
    ),
    table('What follows from that', ['layer', '', 'before', 'after'], rowsByLayer(layers.consequences, outcomeRows)),
    list('Connections', connectionLines(layers).map(formatLine)),
    table(
      'Inputs in another order',
      ['layer', 'before', 'after'],
      layers.reordered.map(({ layer, before, after }) => [layer.name, inputNames(before), inputNames(after)]),
    ),
    list('Blocks', blockLines(found).map(formatLine)),
    table(
      'Training settings',
      ['setting', 'before', 'after'],
      training.map(({ label, shown }) => [label, shown.before, shown.after]),
    ),
    table(
      'Class labels',
      ['class', 'before', 'after'],
      labelRows(found).map(({ label, before, after }) => [label, before, after]),
    ),
    list('Notes', noteLines(found)),
  ];
  const totals = totalRows(found).map(({ label, before, after, delta, growth }) => [
    label,
    before,
    after,
    delta,
    growth,
  ]);
  return [
    `${names.before} → ${names.after}`,
    summarize(found),
    '',
    formatTable(['total', 'before', 'after', 'change', ''], totals),
    ...problemLines(found).map((line) => `! ${line}`),
    ...sections.filter((section) => section !== ''),
  ].join('\n');
}

/** What there is to say of each layer, its name before the first row only. */
function rowsByLayer<C extends Change<LayerEntry>>(
  changes: readonly C[],
  rowsOf: (change: C) => readonly ValueRow[],
): readonly (readonly string[])[] {
  return changes.flatMap((change) =>
    rowsOf(change).map(({ label, before, after }, i) => [i === 0 ? change.after.name : '', label, before, after]),
  );
}

function table(title: string, head: readonly string[], rows: readonly (readonly string[])[]): string {
  return rows.length === 0 ? '' : `\n${title}\n${formatTable(head, rows)}`;
}

function list(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `\n${[title, ...lines].join('\n')}`;
}
