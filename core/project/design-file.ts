import { z } from 'zod';
import { BLOCK } from '../layers/block.ts';
import { type FieldSpecs, type FieldValue, fieldNeeds, fieldSchema, withAdded } from '../layers/fields.ts';
import { layerDefinition } from '../layers/index.ts';
import { MAX_NAME_LENGTH, NAME_PATTERN } from '../network/names.ts';
import { BLOCK_INPUT, type Block, type Layer, looseEnds } from '../network/network.ts';
import { MAX_NOTE_LENGTH } from '../network/notes.ts';
import { TRAINING_FIELDS } from '../training/settings.ts';
import type { DataReference, Design } from './design.ts';
import { migrated } from './migrations.ts';

/** Version of the format that this program writes, and the newest it reads. docs/file-format.md describes it. */
export const FILE_VERSION = 2;
export const FILE_EXTENSION = '.convcanvas';

/** Bounds on what a file can make the program do. */
const LIMITS = {
  bytes: 16 * 2 ** 20,
  layers: 10_000,
  edges: 40_000,
  blocks: 1000,
  labels: 10_000,
  notes: 1000,
} as const;

export interface DesignIssue {
  /** Where in the file: "layers[3].fields.filters". */
  readonly path: string;
  /** What is needed there, what was found. */
  readonly message: string;
}

/** A file that is no design. `issues` names every bad value by its path. */
export class DesignFileError extends Error {
  override readonly name = 'DesignFileError';
  readonly issues: readonly DesignIssue[];

  constructor(issues: readonly DesignIssue[]) {
    const [first, ...rest] = issues;
    const more = rest.length === 0 ? '' : ` (and ${rest.length} more)`;
    const where = first?.path ? `${first.path}: ` : '';
    super(`This design cannot be opened. ${where}${first?.message ?? ''}${more}`);
    this.issues = issues;
  }
}

const name = z.string().regex(NAME_PATTERN);
const position = z.tuple([z.number(), z.number()]);
const layerSchema = z.strictObject({
  id: name,
  kind: z.string().min(1).max(MAX_NAME_LENGTH),
  name,
  position: position.optional(),
  fields: z.record(z.string(), z.json()),
});
const edgesSchema = z.array(z.tuple([z.string(), z.string()])).max(LIMITS.edges);
const blockSchema = z.strictObject({
  name,
  layers: z.array(layerSchema).min(1).max(LIMITS.layers),
  edges: edgesSchema,
});
const side = z.int().min(1).max(4096);
const dataSchema = z.strictObject({
  id: z.string().min(1).max(100),
  name: z.string().min(1).max(200),
  size: z.strictObject({ height: side, width: side }).optional(),
});
const noteSchema = z.strictObject({ id: name, text: z.string().max(MAX_NOTE_LENGTH), position });
const fileSchema = z.strictObject({
  format: z.literal('convcanvas'),
  version: z.literal(FILE_VERSION),
  id: z.uuid().optional(),
  name: z.string().min(1).max(200),
  layers: z.array(layerSchema).max(LIMITS.layers),
  edges: edgesSchema,
  blocks: z.array(blockSchema).max(LIMITS.blocks).optional(),
  notes: z.array(noteSchema).max(LIMITS.notes).optional(),
  training: z.record(z.string(), z.json()),
  data: dataSchema.optional(),
  classLabels: z.array(z.string().max(200)).max(LIMITS.labels),
});
type DesignFile = z.infer<typeof fileSchema>;

/** Reads a design file's text. Throws DesignFileError; never answers half a design. */
export function parseDesign(text: string): Design {
  if (text.length > LIMITS.bytes) {
    throw new DesignFileError([
      { path: '', message: `It has ${text.length} characters; at most ${LIMITS.bytes} are read.` },
    ]);
  }
  const file = parseStructure(parseJson(text));
  const issues: DesignIssue[] = [];
  const layers = readLayers('layers', file.layers, issues);
  issues.push(...edgeIssues('edges', file.edges, layers));
  const blocks = new Map((file.blocks ?? []).map((block, i) => [block.name, readBlock(`blocks[${i}]`, block, issues)]));
  const notes = new Map((file.notes ?? []).map((note) => [note.id, note]));
  const training = withAdded(TRAINING_FIELDS, file.training);
  issues.push(...fieldIssues('training', TRAINING_FIELDS, training));
  if (issues.length > 0) throw new DesignFileError(issues);
  return {
    ...(file.id !== undefined && { id: file.id }),
    name: file.name,
    network: {
      layers,
      edges: toEdges(file.edges),
      ...(blocks.size > 0 && { blocks }),
      ...(notes.size > 0 && { notes }),
    },
    training: training as unknown as Design['training'],
    ...(file.data && { data: toReference(file.data) }),
    classLabels: file.classLabels,
  };
}

function toReference({ id, name: called, size }: NonNullable<DesignFile['data']>): DataReference {
  return { id, name: called, ...(size && { size }) };
}

function readLayers(at: string, found: DesignFile['layers'], issues: DesignIssue[]): ReadonlyMap<string, Layer> {
  const layers = new Map<string, Layer>();
  found.forEach((layer, i) => {
    const path = `${at}[${i}]`;
    if (layers.has(layer.id))
      issues.push({ path: `${path}.id`, message: `"${layer.id}" is used twice; ids must differ.` });
    const specs = layerDefinition(layer.kind)?.fields;
    const fields = specs === undefined ? layer.fields : withAdded(specs, layer.fields);
    if (specs !== undefined) issues.push(...fieldIssues(`${path}.fields`, specs, fields));
    const { id, kind } = layer;
    // Fields of a known kind were just checked; those of an unknown kind are kept as they are, whatever they hold.
    const kept = fields as { readonly [name: string]: FieldValue };
    layers.set(id, { id, kind, name: layer.name, fields: kept, ...(layer.position && { position: layer.position }) });
  });
  return layers;
}

/** A block has one output, holds no other block, and its layers do not feed each other in a circle. */
function readBlock(path: string, found: NonNullable<DesignFile['blocks']>[number], issues: DesignIssue[]): Block {
  const layers = readLayers(`${path}.layers`, found.layers, issues);
  issues.push(...edgeIssues(`${path}.edges`, found.edges, layers, BLOCK_INPUT));
  const edges = toEdges(found.edges);
  const nested = [...layers.values()].find(({ kind }) => kind === BLOCK || kind === 'Input');
  if (nested !== undefined)
    issues.push({ path: `${path}.layers`, message: `hold "${nested.id}" of kind ${nested.kind}; a block may not.` });
  const outputs = looseEnds({ layers, edges });
  if (outputs.length !== 1) {
    issues.push({ path: `${path}.edges`, message: `must leave one layer that feeds no other; got ${outputs.length}.` });
  }
  return { layers, edges };
}

function toEdges(edges: DesignFile['edges']) {
  return edges.map(([from, to]) => ({ from, to }));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DesignFileError([{ path: '', message: `It is not JSON, or was cut off: ${reason}` }]);
  }
}

function parseStructure(value: unknown): DesignFile {
  const head = z.object({ format: z.string(), version: z.number() }).safeParse(value);
  if (!head.success || head.data.format !== 'convcanvas') {
    const message = 'It needs "format": "convcanvas" and a "version"; this is another kind of file.';
    throw new DesignFileError([{ path: 'format', message }]);
  }
  if (head.data.version > FILE_VERSION) {
    const message = `It was written by a newer ConvCanvas (file version ${head.data.version}, this one reads up to ${FILE_VERSION}). Update ConvCanvas; the file is unchanged.`;
    throw new DesignFileError([{ path: 'version', message }]);
  }
  const current = migrated(value as { readonly version: number }, FILE_VERSION);
  const parsed = fileSchema.safeParse(current);
  if (parsed.success) return parsed.data;
  throw new DesignFileError(
    parsed.error.issues.map((issue) => {
      const path = formatPath(issue.path);
      const found = valueAt(current, issue.path);
      return { path, message: found === undefined ? 'is missing.' : `${issue.message}; got ${show(found)}.` };
    }),
  );
}

/** What is wrong with the values of some fields: a missing one, a bad one, one that does not exist. */
function fieldIssues(path: string, specs: FieldSpecs, fields: DesignFile['training']): readonly DesignIssue[] {
  const issues: DesignIssue[] = [];
  for (const [field, spec] of Object.entries(specs)) {
    const value = fields[field];
    const needs = `needs ${fieldNeeds(spec)} (${spec.label})`;
    const at = `${path}.${field}`;
    if (value === undefined) {
      issues.push({ path: at, message: `is missing; it ${needs}. Add "${field}": ${JSON.stringify(spec.default)}.` });
    } else if (!fieldSchema(spec).safeParse(value).success) {
      issues.push({ path: at, message: `${needs}; got ${show(value)}.` });
    }
  }
  for (const field of Object.keys(fields)) {
    if (!Object.hasOwn(specs, field)) {
      const known = Object.keys(specs).join(', ') || 'none';
      issues.push({ path: `${path}.${field}`, message: `is not known; the fields here are: ${known}.` });
    }
  }
  return issues;
}

function edgeIssues(
  path: string,
  edges: DesignFile['edges'],
  layers: ReadonlyMap<string, Layer>,
  source?: string,
): readonly DesignIssue[] {
  const seen = new Set<string>();
  return edges.flatMap(([from, to], i) => {
    const missing = [from, to].find((id, end) => !layers.has(id) && !(end === 0 && id === source));
    if (missing !== undefined)
      return [{ path: `${path}[${i}]`, message: `names "${missing}", and no layer has that id.` }];
    const key = JSON.stringify([from, to]);
    if (seen.has(key)) return [{ path: `${path}[${i}]`, message: `connects ${from} to ${to} a second time.` }];
    seen.add(key);
    return [];
  });
}

function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, step) =>
      typeof step === 'number' ? `${text}[${step}]` : text === '' ? String(step) : `${text}.${String(step)}`,
    '',
  );
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, step) => (typeof at === 'object' && at !== null ? (at as Record<PropertyKey, unknown>)[step] : undefined),
    value,
  );
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** The text of a design file: one line a layer and a connection, so that people can read it and diff it. */
export function formatDesign(design: Design): string {
  const list = (lines: readonly string[], indent = '    ') =>
    lines.length === 0 ? '[]' : `[\n${indent}${lines.join(`,\n${indent}`)}\n${indent.slice(2)}]`;
  const blocks = [...(design.network.blocks ?? [])].map(([called, block]) => {
    const [layers, edges] = [list(layerLines(block), '        '), list(edgeLines(block), '        ')];
    return `{\n      "name": ${JSON.stringify(called)},\n      "layers": ${layers},\n      "edges": ${edges}\n    }`;
  });
  const notes = [...(design.network.notes?.values() ?? [])].map((note) =>
    line({ ...note, position: note.position.map((n) => Math.round(n)) }),
  );
  const parts = [
    `"format": "convcanvas"`,
    `"version": ${FILE_VERSION}`,
    ...(design.id === undefined ? [] : [`"id": ${JSON.stringify(design.id)}`]),
    `"name": ${JSON.stringify(design.name)}`,
    `"layers": ${list(layerLines(design.network))}`,
    `"edges": ${list(edgeLines(design.network))}`,
    ...(blocks.length > 0 ? [`"blocks": ${list(blocks)}`] : []),
    ...(notes.length > 0 ? [`"notes": ${list(notes)}`] : []),
    `"training": ${line(design.training)}`,
    ...(design.data === undefined ? [] : [`"data": ${line(design.data)}`]),
    `"classLabels": ${line(design.classLabels)}`,
  ];
  return `{\n  ${parts.join(',\n  ')}\n}\n`;
}

function layerLines({ layers }: Block): readonly string[] {
  return [...layers.values()].map(({ id, kind, name: called, position: at, fields }) =>
    line({
      id,
      kind,
      name: called,
      ...(at && { position: at.map((n) => Math.round(n)) }),
      fields: written(kind, fields),
    }),
  );
}

function edgeLines({ edges }: Block): readonly string[] {
  return edges.map(({ from, to }) => line([from, to]));
}

/** A layer's fields without those that came later and change nothing: a line stays short enough to read. */
function written(kind: string, fields: Layer['fields']): Layer['fields'] {
  const specs = layerDefinition(kind)?.fields ?? {};
  return Object.fromEntries(
    Object.entries(fields).filter(([name, value]) => !(specs[name]?.added && specs[name].default === value)),
  );
}

/** JSON on one line, with spaces for people. */
function line(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(line).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, part]) => `${JSON.stringify(key)}: ${line(part)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}
