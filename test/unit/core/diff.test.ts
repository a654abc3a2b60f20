/** What differs between two designs. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyEdit, type Edit } from '#core/network/edits.ts';
import { BLOCK_INPUT, type Block, EMPTY_NETWORK, type Network } from '#core/network/network.ts';
import type { Design } from '#core/project/design.ts';
import { type DesignDiff, diffDesigns, isSame } from '#core/project/diff.ts';
import type { GraphDiff } from '#core/project/diff-layers.ts';
import { blockLines, formatLine, layerRows, problemLines, summarize, totalRows } from '#core/project/diff-text.ts';
import { findTemplate, TEMPLATES } from '#core/templates/index.ts';
import { DEFAULT_TRAINING } from '#core/training/settings.ts';
import { chain, conv, input } from '../../networks.ts';
import { editedBy, randomSteps, startNetwork } from '../../random-edits.ts';

const template = (id: string): Design => findTemplate(id)!.create();
const lenet = template('lenet5');
const small = chain(input(1, 8), conv(4, 3), ['ReLU'], ['Flatten'], ['Dense', { units: 10 }]);

const designOf = (network: Network): Design => ({
  name: 'Any',
  network,
  training: DEFAULT_TRAINING,
  classLabels: [],
});
const edited = (design: Design, ...edits: readonly Edit[]): Design => ({
  ...design,
  network: edits.reduce(applyEdit, design.network),
});
/** How a network differs from itself after some edits. */
const diffAfter = (network: Network, ...edits: readonly Edit[]): DesignDiff =>
  diffDesigns(designOf(network), edited(designOf(network), ...edits));
const names = (layers: readonly { readonly name: string }[]) => layers.map(({ name }) => name);
const nothing = { added: [], removed: [], changed: [], consequences: [], reordered: [] };

describe('layers', () => {
  it('added', () => {
    const { layers } = diffAfter(small, { type: 'insert-after', layer: 'conv1', kind: 'Dropout' });
    expect(layers).toMatchObject({ ...nothing, added: [{ name: 'drop1', kind: 'Dropout', shape: [4, 6, 6] }] });
    expect(layers.connections).toEqual({
      added: [
        { from: 'drop1', to: 'relu1' },
        { from: 'conv1', to: 'drop1' },
      ],
      removed: [{ from: 'conv1', to: 'relu1' }],
    });
  });

  it('removed', () => {
    const { layers } = diffAfter(small, { type: 'remove', layers: ['relu1'] });
    expect(names(layers.removed)).toEqual(['relu1']);
    expect(layers.connections.added).toEqual([]);
    expect(layers.connections.removed).toEqual([
      { from: 'conv1', to: 'relu1' },
      { from: 'relu1', to: 'flatten1' },
    ]);
    // What nothing feeds any more has no volume.
    expect(layers.consequences.map(({ before, after: now }) => [now.name, before.shape, now.shape])).toEqual([
      ['flatten1', [144], undefined],
      ['fc1', [10], undefined],
    ]);
  });

  it('changed, field by field as they are labelled; what follows from it stands apart', () => {
    const { layers } = diffAfter(small, {
      type: 'set-fields',
      layer: 'conv1',
      fields: { filters: 6, padding: 'same' },
    });
    expect(layers).toMatchObject({ added: [], removed: [], connections: { added: [], removed: [] } });
    expect(layers.changed.map(layerRows)).toEqual([
      [
        { label: 'Filters (K)', before: '4', after: '6' },
        { label: 'Padding (P)', before: '0', after: 'same' },
        { label: 'Volume', before: '6×6×4', after: '8×8×6' },
        // (3·3·1 + 1) × 4 and × 6
        { label: 'Params', before: '40', after: '60' },
      ],
    ]);
    expect(layers.consequences).toMatchObject([
      { after: { name: 'relu1' }, shape: { before: [4, 6, 6], after: [6, 8, 8] } },
      { after: { name: 'flatten1' }, shape: { before: [144], after: [384] } },
      // The volume of an FC stays, its params do not: 144 × 10 + 10 and 384 × 10 + 10.
      { after: { name: 'fc1' }, params: { before: 1450, after: 3850 } },
    ]);
    expect(layers.consequences[2]).not.toHaveProperty('shape');
  });

  it('values of every kind as people read them', () => {
    const { layers } = diffAfter(
      small,
      { type: 'set-fields', layer: 'input', fields: { mean: [1, 2], scale: Array.from({ length: 20 }, () => 2) } },
      {
        type: 'set-fields',
        layer: 'conv1',
        fields: { kernelSize: [3, 5], useBias: false, initializer: 'zeros', initializerStd: 0.5 },
      },
    );
    const rows = layers.changed.flatMap(layerRows).filter(({ label }) => !['Volume', 'Params'].includes(label));
    expect(rows).toEqual([
      { label: 'Subtract (mean)', before: '0', after: '1, 2' },
      { label: 'Divide by (scale)', before: '255', after: '2, 2, 2, 2, 2, 2, 2, 2, … (20 numbers)' },
      { label: 'Kernel size (F)', before: '3', after: '5×3' },
      { label: 'Bias', before: 'yes', after: 'no' },
      {
        label: 'First weights',
        before: 'He: Gaussian, std √(2 / fan-in)',
        after: 'Zeros (learns nothing behind ReLU)',
      },
      { label: 'Gaussian std', before: '0.01', after: '0.5' },
    ]);
  });

  it('a size of one number and the same as a pair are the same', () => {
    const diff = diffAfter(small, {
      type: 'set-fields',
      layer: 'conv1',
      fields: { kernelSize: [3, 3], padding: [0, 0] },
    });
    expect(isSame(diff)).toBe(true);
  });

  it('renamed', () => {
    const { layers } = diffAfter(small, { type: 'rename', layer: 'conv1', name: 'stem' });
    expect(layers.changed.map(layerRows)).toEqual([[{ label: 'Name', before: 'conv1', after: 'stem' }]]);
    expect(layers.connections).toEqual({ added: [], removed: [] });
    expect(layers.consequences).toEqual([]);
  });

  it('of another kind: what both kinds have where it differs, and what only one has where it says something', () => {
    const network = chain(input(3, 8), ['Conv2D', { filters: 4, kernelSize: 5, padding: 2 }], ['ReLU']);
    const { layers } = diffAfter(network, { type: 'replace', layer: 'conv1', kind: 'MaxPooling2D' });
    const [change] = layers.changed;
    expect(layers.changed).toHaveLength(1);
    const rows = layerRows(change!);
    expect(rows.slice(0, 2)).toEqual([
      { label: 'Name', before: 'conv1', after: 'pool1' },
      { label: 'Kind', before: 'CONV', after: 'MAX POOL' },
    ]);
    expect(rows).toContainEqual({ label: 'Filters (K)', before: '4', after: '–' });
    // Neither what a layer does not read nor what came later and is at its default.
    const labels = rows.map(({ label }) => label);
    expect(labels).not.toContain('Gaussian std');
    expect(labels).not.toContain('Trainable');
  });

  it('whose kind nobody knows', () => {
    const odd = (value: number): Network => ({
      layers: new Map([['x', { id: 'x', kind: 'Odd', name: 'x', fields: { a: value, b: 'text' } }]]),
      edges: [],
    });
    const { layers } = diffDesigns(designOf(odd(1)), designOf(odd(2)));
    expect(layers.changed.map(layerRows)).toEqual([[{ label: 'a', before: '1', after: '2' }]]);
    expect(isSame(diffDesigns(designOf(odd(1)), designOf(odd(1))))).toBe(true);
  });
});

/** The same network with other ids. */
function withIds(network: Network, rename: (id: string) => string): Network {
  return {
    layers: new Map(
      [...network.layers.values()].map((layer) => [rename(layer.id), { ...layer, id: rename(layer.id) }]),
    ),
    edges: network.edges.map(({ from, to }) => ({ from: rename(from), to: rename(to) })),
  };
}

describe('matching', () => {
  it('by name and kind where ids differ', () => {
    const other = withIds(small, (id) => `my-${id}`);
    expect(isSame(diffDesigns(designOf(small), designOf(other)))).toBe(true);
    const changed = applyEdit(other, { type: 'set-fields', layer: 'my-conv1', fields: { filters: 5 } });
    const { layers } = diffDesigns(designOf(small), designOf(changed));
    expect(layers.changed.map(({ before, after: now }) => [before.id, now.id])).toEqual([['conv1', 'my-conv1']]);
    expect([layers.added, layers.removed]).toEqual([[], []]);
  });

  it('not where another kind has the name, nor where two have it', () => {
    const lone = (id: string, kind: string): Network => ({
      layers: new Map([[id, { id, kind, name: 'a', fields: {} }]]),
      edges: [],
    });
    const kinds = diffDesigns(designOf(lone('x', 'ReLU')), designOf(lone('y', 'Tanh')));
    expect(kinds.layers).toMatchObject({ added: [{ id: 'y' }], removed: [{ id: 'x' }], changed: [] });
    const two: Network = { layers: new Map([...lone('y', 'ReLU').layers, ...lone('z', 'ReLU').layers]), edges: [] };
    const twins = diffDesigns(designOf(lone('x', 'ReLU')), designOf(two));
    expect(twins.layers).toMatchObject({ added: [{ id: 'y' }, { id: 'z' }], removed: [{ id: 'x' }] });
  });

  it('by id before name: two layers that swap their names were renamed', () => {
    const network = chain(input(1, 8), ['ReLU'], ['ReLU']);
    const { layers } = diffAfter(
      network,
      { type: 'rename', layer: 'relu1', name: 'relu2' },
      { type: 'rename', layer: 'relu2', name: 'relu1' },
    );
    expect(layers.changed.flatMap(layerRows)).toEqual([
      { label: 'Name', before: 'relu1', after: 'relu2' },
      { label: 'Name', before: 'relu2', after: 'relu1' },
    ]);
  });
});

describe('connections', () => {
  const parallel = applyEdit(chain(input(1, 8), ['ReLU']), {
    type: 'add',
    kind: 'Concatenate',
    id: 'concat1',
    after: ['input', 'relu1'],
  });

  it('added and removed, by name', () => {
    const { layers } = diffAfter(parallel, { type: 'remove', layers: [], edges: [{ from: 'input', to: 'concat1' }] });
    expect(layers.connections).toEqual({ added: [], removed: [{ from: 'input', to: 'concat1' }] });
  });

  it('in another order', () => {
    const swapped: Network = { ...parallel, edges: [...parallel.edges].reverse() };
    const { layers } = diffDesigns(designOf(parallel), designOf(swapped));
    expect(layers.reordered).toMatchObject([
      { layer: { name: 'concat1' }, before: ['input', 'relu1'], after: ['relu1', 'input'] },
    ]);
    expect(layers.connections).toEqual({ added: [], removed: [] });
  });
});

describe('blocks', () => {
  const drawn = applyEdit(chain(input(4, 8), conv(4, 3, 1, 1), ['ReLU'], conv(4, 3, 1, 1)), {
    type: 'make-block',
    layers: ['conv1', 'relu1'],
    name: 'unit',
  });
  const block = drawn.blocks?.get('unit') as Block;
  const withBlock = (blocks: ReadonlyMap<string, Block>) => designOf({ ...drawn, blocks });

  it('added and removed', () => {
    const more = withBlock(new Map([...drawn.blocks!, ['other', block]]));
    const { blocks } = diffDesigns(designOf(drawn), more);
    expect(blocks).toEqual({ added: [{ name: 'other', layers: 2 }], removed: [], changed: [] });
    expect(diffDesigns(more, designOf(drawn)).blocks.removed).toEqual([{ name: 'other', layers: 2 }]);
    expect(blockLines(diffDesigns(more, designOf(drawn))).map(formatLine)).toEqual(['− other: 2 layers in it']);
  });

  it('changed inside; the layer that stands for the block then follows', () => {
    const conv1 = block.layers.get('conv1')!;
    const wider = new Map(block.layers).set('conv1', { ...conv1, fields: { ...conv1.fields, filters: 6 } });
    const diff = diffDesigns(designOf(drawn), withBlock(new Map([['unit', { ...block, layers: wider }]])));
    const { layers } = diff;
    expect(blockLines(diff).map(formatLine)).toEqual(['unit: conv1, Filters (K): 4 → 6']);
    expect(layers.changed).toEqual([]);
    expect(layers.consequences.map(({ after: now, shape }) => [now.name, shape?.after])).toEqual([
      ['block1', [6, 8, 8]],
      ['conv2', undefined],
    ]);
  });

  it('wired otherwise', () => {
    const edges = [...block.edges, { from: BLOCK_INPUT, to: 'relu1' }];
    const diff = diffDesigns(designOf(drawn), withBlock(new Map([['unit', { ...block, edges }]])));
    expect(blockLines(diff).map(formatLine)).toEqual(['+ unit: what feeds the block → relu1']);
  });

  it('placed more often', () => {
    const { layers, blocks } = diffAfter(drawn, {
      type: 'add',
      kind: 'Block',
      id: 'block2',
      fields: { block: 'unit' },
    });
    expect(layers.added).toMatchObject([{ name: 'block2', settings: 'unit' }]);
    expect(blocks.changed).toEqual([]);
  });
});

describe('the rest of a design', () => {
  it('training settings, as they are labelled', () => {
    const other = { ...lenet, training: { ...lenet.training, optimizer: 'adam' as const, shuffle: false } };
    expect(diffDesigns(lenet, other).training).toEqual([
      {
        field: 'optimizer',
        label: 'Optimizer',
        before: 'sgd',
        after: 'adam',
        shown: { before: 'SGD with momentum', after: 'Adam' },
      },
      { field: 'shuffle', label: 'Shuffle', before: true, after: false, shown: { before: 'yes', after: 'no' } },
    ]);
  });

  it('class labels, by place', () => {
    const other = { ...lenet, classLabels: ['zero', ...lenet.classLabels.slice(1), 'none'] };
    expect(diffDesigns(lenet, other).classLabels).toEqual([
      { index: 0, before: '0', after: 'zero' },
      { index: 10, before: undefined, after: 'none' },
    ]);
  });

  it('notes, counted; a note that was only moved is the same', () => {
    const note = (id: string, text: string, x = 0): Edit => ({
      type: 'put-note',
      note: { id, text, position: [x, 0] },
    });
    const noted = edited(lenet, note('note1', 'a'), note('note2', 'b'), note('note3', 'c'));
    const other = edited(lenet, note('note1', 'a', 50), note('note2', 'B'), note('note4', 'c'), note('note5', 'd'));
    expect(diffDesigns(noted, other).notes).toEqual({ added: 1, removed: 0, changed: 1 });
    expect(diffDesigns(other, noted).notes).toEqual({ added: 0, removed: 1, changed: 1 });
    expect(diffDesigns(lenet, noted).notes).toEqual({ added: 3, removed: 0, changed: 0 });
  });

  it('neither places nor the name of the design', () => {
    const moved = edited(lenet, { type: 'move', positions: new Map([['conv1', [700, 30] as const]]) });
    const diff = diffDesigns(lenet, { ...moved, name: 'Mine' });
    expect(isSame(diff)).toBe(true);
    expect(diff.names).toEqual({ before: 'LeNet-5', after: 'Mine' });
  });
});

describe('totals', () => {
  it('are those of both designs', () => {
    const wider = edited(lenet, { type: 'set-fields', layer: 'conv1', fields: { filters: 8 } });
    const { before, after: now } = diffDesigns(lenet, {
      ...wider,
      training: { ...wider.training, optimizer: 'adam', batchSize: 32 },
    }).totals;
    // conv1: 25 + 1 a filter; conv2 sees a deeper volume: 25 × 16 weights a channel.
    expect(now.params - before.params).toBe(2 * 26 + 2 * 25 * 16);
    expect(now.weights - before.weights).toBe(2 * 25 + 2 * 25 * 16);
    // conv1: 25 for each of 28 × 28; conv2: 25 × 16 for each of 10 × 10 and channel.
    expect(now.macs - before.macs).toBe(2 * 25 * 28 * 28 + 2 * 25 * 16 * 10 * 10);
    // Volumes of conv1 and pool1, 4 bytes each; RELU works in place.
    expect(now.activationBytes - before.activationBytes).toBe(4 * 2 * (28 * 28 + 14 * 14));
    expect(before.trainingBytes).toBe(4 * before.params * 3 + 24 * before.activationBytes);
    expect(now.trainingBytes).toBe(4 * now.params * 4 + 32 * now.activationBytes);
  });

  it('with signs and units, the same however they are shown', () => {
    const other = edited(lenet, { type: 'set-fields', layer: 'conv2', fields: { kernelSize: 3 } });
    const rows = totalRows(diffDesigns(lenet, other));
    // 16 × 6 weights for each of 25 − 9 places; pool2 is 6×6×16 instead of 5×5×16: 11 × 16 × 120 weights more in fc1.
    expect(rows[0]).toEqual({
      label: 'Params',
      before: '61,706',
      after: '81,290',
      delta: `+${(11 * 16 * 120 - 16 * 6 * 16).toLocaleString('en-US')}`,
      growth: '+31.74 %',
      sign: 1,
    });
    // Behind pool2: 1 + 4 + 1 + 4·2 + 2 = 16; with 3×3: 12.
    expect(rows.at(-1)).toMatchObject({
      label: 'Receptive field',
      before: '16×16',
      after: '12×12',
      delta: '−4',
      sign: -1,
    });
    expect(rows.map(({ label }) => label)).toContain('To train a batch of 24');
  });

  it('the receptive field only where both have one', () => {
    const rows = totalRows(diffDesigns(lenet, designOf(EMPTY_NETWORK)));
    expect(rows.map(({ label }) => label)).not.toContain('Receptive field');
    expect(rows[0]).toMatchObject({ before: '61,706', after: '0', delta: '−61,706', growth: '−100.00 %' });
  });

  it('of a design with problems are said to be partial', () => {
    const broken = edited(lenet, { type: 'set-fields', layer: 'conv2', fields: { kernelSize: 40 } });
    const diff = diffDesigns(lenet, broken);
    expect(diff.totals.before.problems).toBe(0);
    expect(diff.totals.after.problems).toBeGreaterThan(0);
    expect(problemLines(diff)).toEqual([expect.stringMatching(/^LeNet-5 has .* totals leave out the layers whose/)]);
    expect(diff.layers.changed.flatMap(layerRows)).toContainEqual({ label: 'Volume', before: '10×10×16', after: '?' });
  });
});

describe('in a sentence', () => {
  it('what differs, or that nothing does', () => {
    expect(summarize(diffDesigns(lenet, lenet))).toMatch(/^No difference: the same layers, /);
    const other = edited(lenet, { type: 'set-fields', layer: 'conv1', fields: { filters: 8 } });
    const trained = { ...other, training: { ...lenet.training, seed: 2, epochs: 9 } };
    expect(summarize(diffDesigns(lenet, trained))).toBe('1 layer changed, 2 training settings changed.');
  });
});

describe('always', () => {
  const flip = (graph: GraphDiff): GraphDiff => ({
    added: graph.removed,
    removed: graph.added,
    changed: graph.changed.map((change) => ({
      ...change,
      ...swapped(change),
      ...swappedOutcome(change),
      fields: change.fields.map(flipField),
    })),
    consequences: graph.consequences.map((change) => ({ ...change, ...swapped(change), ...swappedOutcome(change) })),
    connections: { added: graph.connections.removed, removed: graph.connections.added },
    reordered: graph.reordered.map((change) => ({ ...change, ...swapped(change) })),
  });
  const swapped = <T>({ before, after: now }: { readonly before: T; readonly after: T }) => ({
    before: now,
    after: before,
  });
  const swappedOutcome = ({ shape, params }: Pick<GraphDiff['changed'][number], 'shape' | 'params'>) => ({
    ...(shape && { shape: swapped(shape) }),
    ...(params && { params: swapped(params) }),
  });
  const flipField = (change: DesignDiff['training'][number]) => ({
    ...change,
    ...swapped(change),
    shown: swapped(change.shown),
  });
  /** The diff that goes the other way. */
  const mirror = (diff: DesignDiff): DesignDiff => ({
    names: swapped(diff.names),
    totals: swapped(diff.totals),
    layers: flip(diff.layers),
    blocks: {
      added: diff.blocks.removed,
      removed: diff.blocks.added,
      changed: diff.blocks.changed.map((change) => ({ name: change.name, ...flip(change) })),
    },
    training: diff.training.map(flipField),
    classLabels: diff.classLabels.map((change) => ({ ...change, ...swapped(change) })),
    notes: { ...diff.notes, added: diff.notes.removed, removed: diff.notes.added },
  });
  /** Labels of layers are those of the second design; the order is that in which its layers run. */
  const unordered = (value: unknown): unknown => {
    if (Array.isArray(value) && value.every((item) => typeof item === 'object' && item !== null)) {
      return value.map(unordered).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    const known = Object.entries(value).filter(([key]) => key !== 'label' && key !== 'layer');
    return Object.fromEntries(known.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, part]) => [key, unordered(part)]));
  };
  const expectMirrored = (a: Design, b: Design) =>
    expect(unordered(diffDesigns(b, a))).toEqual(unordered(mirror(diffDesigns(a, b))));

  it.each(TEMPLATES.map(({ id }) => [id]))('%s does not differ from itself', (id) => {
    expect(isSame(diffDesigns(template(id), template(id)))).toBe(true);
    expect(diffDesigns(template(id), template(id)).layers.consequences).toEqual([]);
  });

  it.each(TEMPLATES.slice(1).map(({ id }, i) => [TEMPLATES[i]!.id, id]))('%s and %s mirror each other', (a, b) => {
    expectMirrored(template(a), template(b));
    expect(isSame(diffDesigns(template(a), template(b)))).toBe(false);
  });

  /** A graph as text, each layer under the key that is asked for; where layers stand does not matter. */
  const canonical = (graph: Block, key: 'id' | 'name'): unknown => {
    const called = (id: string) => (id === BLOCK_INPUT ? id : graph.layers.get(id)![key]);
    const layers = [...graph.layers.values()].map(({ id, kind, name, fields }) => {
      const inputs = graph.edges.filter(({ to }) => to === id).map(({ from }) => called(from));
      return JSON.stringify([called(id), name, kind, Object.entries(fields).sort(), inputs]);
    });
    return layers.sort();
  };
  const whole = (network: Network, key: 'id' | 'name') =>
    JSON.stringify([
      canonical(network, key),
      [...(network.blocks ?? [])]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, block]) => [name, canonical(block, key)]),
    ]);
  const hasTwins = ({ layers }: Network) => new Set(names([...layers.values()])).size < layers.size;

  it('edits show, unless they come to nothing; and they mirror', () => {
    const start = startNetwork();
    let same = 0;
    fc.assert(
      fc.property(randomSteps, (steps) => {
        const network = editedBy(steps);
        const diff = diffDesigns(designOf(start), designOf(network));
        const sameIds = whole(start, 'id') === whole(network, 'id');
        const sameNames = !hasTwins(network) && whole(start, 'name') === whole(network, 'name');
        if (sameIds) same++;
        if (sameIds) expect(isSame(diff)).toBe(true);
        else if (!sameNames) expect(isSame(diff)).toBe(false);
        expectMirrored(designOf(start), designOf(network));
        expect(isSame(diffDesigns(designOf(network), designOf(network)))).toBe(true);
      }),
      { numRuns: 150 },
    );
    expect(same).toBeLessThan(150);
  });

  it('any two edited networks mirror each other', () => {
    fc.assert(
      fc.property(randomSteps, randomSteps, (one, other) => {
        expectMirrored(designOf(editedBy(one)), designOf(editedBy(other)));
      }),
      { numRuns: 150 },
    );
  });
});
