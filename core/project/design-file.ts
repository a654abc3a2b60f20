import { z } from 'zod';
import { BLOCK } from '../layers/block.ts';
import { type FieldSpecs, type FieldValue, fieldNeeds, fieldSchema, withAdded } from '../layers/fields.ts';
import { layerDefinition } from '../layers/index.ts';
import { MAX_EDGES, MAX_LAYERS } from '../network/limits.ts';
import { MAX_NAME_LENGTH, NAME_PATTERN } from '../network/names.ts';
import { BLOCK_INPUT, type Block, type Layer, looseEnds } from '../network/network.ts';
import { MAX_NOTE_LENGTH } from '../network/notes.ts';
import { withoutHidden } from '../plain-text.ts';
import { schemaWords } from '../schema-words.ts';
import { TRAINING_FIELDS } from '../training/settings.ts';
import type { DataReference, Design } from './design.ts';
import { jsonFault } from './json-fault.ts';
import { type JsonSize, jsonSize } from './json-size.ts';
import { migrated } from './migrations.ts';

/** Version of the format that this program writes, and the newest it reads. docs/file-format.md describes it. */
export const FILE_VERSION = 2;
export const FILE_EXTENSION = '.convcanvas';

/** Bytes of the largest design file. */
export const MAX_DESIGN_BYTES = 16 * 2 ** 20;

/** Bounds on what a file can make the program do. */
const LIMITS = {
  layers: MAX_LAYERS,
  edges: MAX_EDGES,
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
/** Kinds that this version does not know are shown and printed as they are. */
const KIND = new RegExp(`^[\\p{L}\\p{N}_.-]{1,${MAX_NAME_LENGTH}}$`, 'u');
const position = z.tuple([z.number(), z.number()]);
const layerSchema = z.strictObject({
  id: name,
  kind: z.string().regex(KIND),
  name,
  position: position.optional(),
  fields: z.record(z.string(), z.json()),
});
const edgeSchema = z.tuple([z.string(), z.string()]);
const side = z.int().min(1).max(4096);
const dataSchema = z.strictObject({
  id: z.string().min(1).max(100),
  name: z.string().min(1).max(200).transform(withoutHidden),
  size: z.strictObject({ height: side, width: side }).optional(),
});
const noteSchema = z.strictObject({ id: name, text: z.string().max(MAX_NOTE_LENGTH), position });
/** Lists are checked item by item, so that a million bad items do not give a million issues. */
const list = (most: number) => z.array(z.unknown()).max(most, { error: `needs at most ${most} items` });
const blockSchema = z.strictObject({ name, layers: list(LIMITS.layers).min(1), edges: list(LIMITS.edges) });
const fileSchema = z.strictObject({
  format: z.literal('convcanvas'),
  version: z.literal(FILE_VERSION),
  id: z.uuid().optional(),
  name: z
    .string()
    .min(1)
    .max(200)
    .transform((text) => withoutHidden(text))
    .transform((text) => (text.trim() === '' ? 'Design' : text)),
  layers: list(LIMITS.layers),
  edges: list(LIMITS.edges),
  blocks: list(LIMITS.blocks).optional(),
  notes: list(LIMITS.notes).optional(),
  training: z.record(z.string(), z.json()),
  data: dataSchema.optional(),
  classLabels: list(LIMITS.labels),
});
const labelSchema = z.string().max(200).transform(withoutHidden);

type FileLayer = z.infer<typeof layerSchema>;
type FileEdge = z.infer<typeof edgeSchema>;
interface FileBlock {
  readonly name: string;
  readonly layers: readonly FileLayer[];
  readonly edges: readonly FileEdge[];
}
/** A file whose structure was found right; what it says of layers and settings is not checked yet. */
interface DesignFile extends Omit<FileBlock, 'name'> {
  readonly id: string | undefined;
  readonly name: string;
  readonly blocks: readonly FileBlock[];
  readonly notes: readonly z.infer<typeof noteSchema>[];
  readonly training: z.infer<typeof fileSchema>['training'];
  readonly data: z.infer<typeof dataSchema> | undefined;
  readonly classLabels: readonly string[];
}

/** Reads a design file's text. Throws DesignFileError; never answers half a design. */
export function parseDesign(text: string): Design {
  if (text.length > MAX_DESIGN_BYTES) {
    throw new DesignFileError([
      { path: '', message: `It has ${text.length} characters; at most ${MAX_DESIGN_BYTES} are read.` },
    ]);
  }
  const file = parseStructure(parseJson(text));
  const issues: DesignIssue[] = [];
  const layers = readLayers('layers', file.layers, issues);
  issues.push(...edgeIssues('edges', file.edges, layers));
  const blocks = new Map(file.blocks.map((block, i) => [block.name, readBlock(`blocks[${i}]`, block, issues)]));
  const notes = new Map(file.notes.map((note) => [note.id, note]));
  const training = withAdded(TRAINING_FIELDS, file.training);
  issues.push(...fieldIssues('training', TRAINING_FIELDS, training));
  if (issues.length > 0) throw new DesignFileError(issues.slice(0, MAX_ISSUES));
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
function readBlock(path: string, found: FileBlock, issues: DesignIssue[]): Block {
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

/** Why a JSON text would make more than a design has, before any of it is made. */
function excessOf({ depth, values, keys }: JsonSize): string | undefined {
  if (depth > MAX_DEPTH) return `Its values are nested ${depth} deep; at most ${MAX_DEPTH} are read.`;
  if (values > MAX_VALUES) return `It holds ${values} values; at most ${MAX_VALUES} are read.`;
  if (keys > MAX_KEYS) return `One of its objects has ${keys} keys; at most ${MAX_KEYS} are read.`;
  return undefined;
}

/** A design needs six: a list of lists in the fields of a layer in a block. */
const MAX_DEPTH = 64;
/** Far more than the layers above have with a hundred values each. */
const MAX_VALUES = 2_000_000;
/** There are some sixty training settings. */
const MAX_KEYS = 1000;

function parseJson(text: string): unknown {
  const excess = excessOf(jsonSize(text));
  if (excess !== undefined) throw new DesignFileError([{ path: '', message: excess }]);
  try {
    return JSON.parse(text);
  } catch {
    throw new DesignFileError([{ path: '', message: `It is not JSON, or was cut off: ${whereNot(text)}` }]);
  }
}

/** Where a text that is no JSON stops being one, for people. */
function whereNot(text: string): string {
  const at = jsonFault(text) ?? text.length;
  if (at === text.length) return 'it ends before its last bracket is closed.';
  const lines = text.slice(0, at).split('\n');
  const found = JSON.stringify([...text.slice(at, at + 20)].slice(0, 10).join(''));
  return `line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1} has ${found}, which does not belong there.`;
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
  const reader = new StructureReader(current);
  const file = reader.read(fileSchema, current, []);
  const layersAndEdges = (
    found: { readonly layers: readonly unknown[]; readonly edges: readonly unknown[] },
    at: Path,
  ) => ({
    layers: reader.list(layerSchema, found.layers, [...at, 'layers']),
    edges: reader.list(edgeSchema, found.edges, [...at, 'edges']),
  });
  if (file !== undefined) {
    const { id, name: called, training, data } = file;
    const network = layersAndEdges(file, []);
    const blocks = reader.list(blockSchema, file.blocks ?? [], ['blocks']).map((block, i) => ({
      name: block.name,
      ...layersAndEdges(block, ['blocks', i]),
    }));
    const notes = reader.list(noteSchema, file.notes ?? [], ['notes']);
    const classLabels = reader.list(labelSchema, file.classLabels, ['classLabels']);
    if (reader.issues.length === 0) {
      return { id, name: called, ...network, blocks, notes, training, data, classLabels };
    }
  }
  throw new DesignFileError(reader.issues);
}

type Path = readonly PropertyKey[];

/** Issues that are told of one file; the rest are of no help. */
const MAX_ISSUES = 100;

/** Parses parts of a file, and remembers where they are not what they should be. */
class StructureReader {
  readonly issues: DesignIssue[] = [];
  readonly #file: unknown;

  constructor(file: unknown) {
    this.#file = file;
  }

  read<T>(schema: z.ZodType<T>, value: unknown, at: Path): T | undefined {
    const parsed = schema.safeParse(value, { error: schemaWords });
    if (parsed.success) return parsed.data;
    for (const issue of parsed.error.issues.slice(0, MAX_ISSUES - this.issues.length)) {
      const path = [...at, ...issue.path];
      const found = valueAt(this.#file, path);
      const message = found === undefined ? 'is missing.' : `${issue.message}; got ${show(found)}.`;
      this.issues.push({ path: formatPath(path), message });
    }
    return undefined;
  }

  /** Those items that are right; all of them where there are no issues. */
  list<T>(schema: z.ZodType<T>, items: readonly unknown[], at: Path): readonly T[] {
    const read: T[] = [];
    for (const [i, item] of items.entries()) {
      if (this.issues.length >= MAX_ISSUES) break;
      const value = this.read(schema, item, [...at, i]);
      if (value !== undefined) read.push(value);
    }
    return read;
  }
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
  const text = JSON.stringify(shortened(value, 3)) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** Enough of a value to show it: it may have millions of parts. */
function shortened(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return value.slice(0, 80);
  if (typeof value !== 'object' || value === null) return value;
  if (depth === 0) return '…';
  if (Array.isArray(value)) return value.slice(0, 30).map((item) => shortened(item, depth - 1));
  const entries = Object.entries(value).slice(0, 10);
  return Object.fromEntries(entries.map(([key, part]) => [key, shortened(part, depth - 1)]));
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
