/** Designs that ask for more than any network needs: refused or told in words, in bounded time and memory. */
import { describe, expect, it } from 'vitest';
import type { LayerKind } from '#core/layers/index.ts';
import { applyEdit } from '#core/network/edits.ts';
import { expand, expandedSize } from '#core/network/expand.ts';
import { MAX_LAYERS } from '#core/network/limits.ts';
import { propagate } from '#core/network/propagate.ts';
import { DesignFileError, formatDesign, parseDesign } from '#core/project/design-file.ts';
import { jsonSize } from '#core/project/json-size.ts';
import { findTemplate } from '#core/templates/index.ts';
import { chain, input } from '../../networks.ts';

const lenet = findTemplate('lenet5')!.create();

interface FileLayer {
  readonly id: string;
  readonly kind: LayerKind | 'Block' | 'Unknown';
  readonly name: string;
  readonly fields: object;
}

const layer = (id: string, kind: FileLayer['kind'] = 'ReLU', fields: object = {}, name = id): FileLayer => ({
  id,
  kind,
  name,
  fields,
});
const inputLayer = layer('in', 'Input', { height: 8, width: 8, channels: 1, mean: 0, scale: 1 });
const relus = (count: number, name?: string) =>
  Array.from({ length: count }, (_, i) => layer(`r${i}`, 'ReLU', {}, name));

/** Edges that feed each layer from the one before. */
const inRow = (layers: readonly FileLayer[]) => layers.slice(1).map(({ id }, i) => [layers[i]!.id, id] as const);

function fileOf(parts: Readonly<Record<string, unknown>>): string {
  const { training } = lenet;
  return JSON.stringify({
    format: 'convcanvas',
    version: 1,
    name: 'x',
    layers: [],
    edges: [],
    training,
    classLabels: [],
    ...parts,
  });
}

/** `count` blocks in a row, of `size` layers each. */
function blocksInRow(count: number, size: number, expanded: boolean): string {
  const blocks = Array.from({ length: count }, (_, i) => layer(`b${i}`, 'Block', { block: 'x', expanded }));
  const layers = [inputLayer, ...blocks];
  const inner = relus(size);
  return fileOf({
    layers,
    edges: inRow(layers),
    blocks: [{ name: 'x', layers: inner, edges: [['', 'r0'], ...inRow(inner)] }],
  });
}

function refusal(text: string): DesignFileError {
  try {
    parseDesign(text);
  } catch (error) {
    expect(error).toBeInstanceOf(DesignFileError);
    return error as DesignFileError;
  }
  return expect.fail('It was read.');
}

describe('blocks that stand for too many layers', () => {
  it.each([false, true])('are counted, not made; the design is kept and says so (layers shown: %s)', (expanded) => {
    const text = blocksInRow(1000, 1000, expanded);
    const design = parseDesign(text);
    expect(expandedSize(design.network)).toEqual({ layers: 1_000_001, edges: 1_000_000 });
    expect(expand(design.network)).toBe(design.network);
    const report = propagate(design.network);
    expect(report.problems).toEqual([
      {
        code: 'too-large',
        message:
          'With the layers of its blocks the network has 1,000,001 layers; at most 2,000 are computed. Remove some of its blocks.',
        fixes: [],
      },
    ]);
    expect(report.layers.size).toBe(1001);
    expect(report.order).toHaveLength(1001);
    expect(parseDesign(formatDesign(design))).toEqual(design);
  });

  it('are replaced as long as they are not too many', () => {
    const { network } = parseDesign(blocksInRow(19, 100, false));
    expect(expandedSize(network)).toEqual({ layers: 1901, edges: 1900 });
    expect(expand(network).layers.size).toBe(1901);
    expect(expand(network).edges).toHaveLength(1900);
    expect(propagate(network).problems).toEqual([]);
  });

  it('count their edges, too: a block of many inputs that many layers feed', () => {
    const [outer, inner] = [relus(1000), relus(900)];
    const sum = layer('sum', 'Add');
    const { network } = parseDesign(
      fileOf({
        layers: [inputLayer, ...outer, layer('b', 'Block', { block: 'x' })],
        edges: [...outer.map(({ id }) => ['in', id]), ...outer.map(({ id }) => [id, 'b'])],
        blocks: [
          {
            name: 'x',
            layers: [...inner, sum],
            edges: [...inner.map(({ id }) => ['', id]), ...inner.map(({ id }) => [id, 'sum'])],
          },
        ],
      }),
    );
    expect(expandedSize(network)).toEqual({ layers: 1902, edges: 1000 + 1000 * 900 + 900 });
    expect(propagate(network).problems[0]?.message).toContain('901,900 connections; at most 10,000');
  });

  it('can be taken apart and pasted', () => {
    const { network } = parseDesign(blocksInRow(1000, 1000, false));
    const apart = applyEdit(network, { type: 'take-apart', layer: 'b0' });
    expect(apart.layers.size).toBe(2000);
    const pasted = applyEdit(apart, { type: 'paste', clip: apart, offset: [0, 0] });
    expect(pasted.layers.size).toBe(4000);
    expect(new Set([...pasted.layers.values()].map(({ name }) => name)).size).toBe(4000);
  });
});

describe('a volume', () => {
  it('of more numbers than can be held is a problem of the layer that would give it', () => {
    const network = chain(input(1, 8), ...Array.from({ length: 200 }, () => ['UpSampling2D', { size: 64 }] as const));
    const { problems, layers } = propagate(network);
    expect(problems.map(({ code, layer: id }) => [code, id])).toEqual([['too-large', 'up3']]);
    expect(problems[0]?.message).toBe(
      'up3: It would give 2097152×2097152×1 = 4,398,046,511,104 numbers for one image; at most 2,147,483,647 can be computed. Make its input smaller.',
    );
    for (const { shape } of layers.values())
      for (const dim of shape ?? []) expect(Number.isSafeInteger(dim)).toBe(true);
  });

  it('of more rows or columns than are drawn is one, too', () => {
    const network = chain(['Input', { channels: 1, height: 1, width: 4096 }], ['UpSampling2D', { size: [1, 64] }]);
    expect(propagate(network).problems[0]).toMatchObject({ code: 'too-large', layer: 'up1' });
  });

  it('behind which weights would be too many', () => {
    const network = chain(input(64, 1024), ['Flatten'], ['Dense', { units: 65_536 }]);
    const { problems, totals } = propagate(network);
    expect(problems[0]).toMatchObject({ code: 'too-large', layer: 'fc1' });
    expect(problems[0]?.message).toContain('weight would be [65536, 67108864] = 4,398,046,511,104 numbers');
    expect(totals.params).toBe(0);
  });
});

describe('a design file', () => {
  it('of too many layers is refused', () => {
    expect(refusal(fileOf({ layers: relus(MAX_LAYERS + 1) })).message).toContain('layers: needs at most 2000 items');
  });

  it('nested 3,000 deep is refused before it is parsed, and so is one that never ends', () => {
    const deep = '['.repeat(3000) + ']'.repeat(3000);
    expect(refusal(fileOf({ layers: [layer('x', 'Unknown', { a: JSON.parse(deep) })] })).message).toBe(
      'This design cannot be opened. Its values are nested 3004 deep; at most 64 are read.',
    );
    expect(refusal(deep).message).toContain('nested 3000 deep');
    expect(refusal('['.repeat(15_000_000)).message).toContain('nested 15000000 deep');
    expect(refusal('{"a":'.repeat(100_000)).message).toContain('nested 100000 deep');
  });

  it('of millions of values, or of keys in one object, is refused before it is parsed', () => {
    const numbers = Array.from({ length: 3_000_000 }, () => 1);
    expect(refusal(fileOf({ layers: [layer('x', 'Unknown', { a: numbers })] })).message).toContain('at most 2000000');
    const keys = Object.fromEntries(Array.from({ length: 500_000 }, (_, i) => [`k${i}`, 1]));
    const message = 'One of its objects has 500000 keys; at most 1000 are read.';
    expect(refusal(fileOf({ training: keys })).message).toContain(message);
    expect(refusal(fileOf({ layers: [layer('x', 'Unknown', keys)] })).message).toContain(message);
  });

  it('of a million mistakes names a hundred', () => {
    expect(refusal(fileOf({ layers: Array.from({ length: 2000 }, () => ({ id: 1, q: 2 })) })).issues).toHaveLength(100);
    expect(refusal(fileOf({ edges: Array.from({ length: 10_000 }, () => [1, 2, 3]) })).issues).toHaveLength(100);
    const unknown = relus(2000).map((one) => ({ ...one, fields: { a: 1, b: 2, c: 3 } }));
    expect(refusal(fileOf({ layers: unknown })).issues).toHaveLength(100);
    expect(refusal(fileOf({ classLabels: Array.from({ length: 1_000_000 }, () => 1) })).issues).toHaveLength(1);
  });

  it('whose layers all have one name, or all are loose, has short messages', () => {
    const same = [inputLayer, ...relus(1999, 'same')];
    const named = propagate(parseDesign(fileOf({ layers: same, edges: inRow(same) })).network);
    expect(named.problems).toHaveLength(1998);
    const loose = relus(1999);
    const edges = loose.map(({ id }) => ['in', id]);
    const [problem] = propagate(parseDesign(fileOf({ layers: [inputLayer, ...loose], edges })).network).problems;
    expect(problem?.message).toContain('r8, r9 and 1,989 more. Connect or remove all but one.');
    expect(problem?.fixes).toEqual([]);
  });
});

describe('the size of a JSON text', () => {
  it.each([
    ['1', 0, 1, 0],
    ['[]', 1, 2, 0],
    ['[1, [2, {"a": 3}]]', 3, 6, 1],
    ['{"a": "[[[{", "b\\"[[": {"c": 1, "d": ",,,"}}', 2, 5, 2],
  ])('%s', (text, depth, values, keys) => {
    const size = jsonSize(text);
    expect(size).toMatchObject({ depth, keys });
    // Never fewer values than there are.
    expect(size.values).toBeGreaterThanOrEqual(values - 1);
    expect(JSON.parse(text)).toBeDefined();
  });
});
