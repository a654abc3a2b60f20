import { describe, expect, it } from 'vitest';
import { ALIGNMENTS, type Alignment, align, type Box } from '#core/network/align.ts';
import { applyEdit, type Edit } from '#core/network/edits.ts';
import { inputsOf, type Network } from '#core/network/network.ts';
import { freshNoteId } from '#core/network/notes.ts';
import { propagate } from '#core/network/propagate.ts';
import { formatDesign, parseDesign } from '#core/project/design-file.ts';
import { blankDesign, findTemplate } from '#core/templates/index.ts';
import { chain, conv, input } from '../../networks.ts';

const edited = (network: Network, ...edits: readonly Edit[]) => edits.reduce(applyEdit, network);
const lenet = () => findTemplate('lenet5')!.create().network;

describe('inserting a layer into a connection', () => {
  it('feeds it from the one before, and the one behind from it', () => {
    const network = edited(
      lenet(),
      { type: 'add', kind: 'BatchNormalization', id: 'bn1' },
      { type: 'insert-on-edge', edge: { from: 'conv1', to: 'relu1' }, layer: 'bn1' },
    );
    const inputs = inputsOf(network);
    expect([inputs.get('bn1'), inputs.get('relu1')]).toEqual([['conv1'], ['bn1']]);
    expect(propagate(network).problems).toEqual([]);
  });

  it('keeps the order of the inputs of the one behind', () => {
    const merged = edited(
      chain(input(1, 8), conv(4, 3, 1, 1)),
      { type: 'add', kind: 'Conv2D', id: 'other', after: ['input'] },
      { type: 'add', kind: 'Concatenate', id: 'concat1', after: ['conv1', 'other'] },
      { type: 'add', kind: 'ReLU', id: 'relu1' },
      { type: 'insert-on-edge', edge: { from: 'conv1', to: 'concat1' }, layer: 'relu1' },
    );
    expect(inputsOf(merged).get('concat1')).toEqual(['relu1', 'other']);
  });

  it('does nothing for an INPUT, an end of the connection, and a connection that is not there', () => {
    const network = edited(
      lenet(),
      { type: 'add', kind: 'Input', id: 'second' },
      { type: 'add', kind: 'ReLU', id: 'x' },
    );
    const edge = { from: 'conv1', to: 'relu1' };
    for (const layer of ['second', 'conv1', 'relu1', 'nobody']) {
      expect(applyEdit(network, { type: 'insert-on-edge', edge, layer })).toBe(network);
    }
    const none = { from: 'relu1', to: 'conv1' };
    expect(applyEdit(network, { type: 'insert-on-edge', edge: none, layer: 'x' })).toBe(network);
  });
});

describe('replacing a layer', () => {
  it('keeps its connections, its place, and the fields that both kinds have', () => {
    const before = edited(lenet(), { type: 'set-fields', layer: 'pool1', fields: { poolSize: 3, padding: 1 } });
    const network = applyEdit(before, { type: 'replace', layer: 'pool1', kind: 'AveragePooling2D' });
    const [old, now] = [before.layers.get('pool1')!, network.layers.get('pool1')!];
    expect(now).toEqual({ ...old, kind: 'AveragePooling2D', name: now.name, fields: now.fields });
    expect(now.fields).toMatchObject({ poolSize: 3, strides: 2, padding: 1 });
    expect(network.edges).toEqual(before.edges);
    expect(propagate(network).problems).toEqual([]);
  });

  it('gives it the name of its new kind, unless somebody chose its name', () => {
    const network = applyEdit(lenet(), { type: 'replace', layer: 'relu1', kind: 'LeakyReLU' });
    expect(network.layers.get('relu1')?.name).toBe('lrelu1');
    const named = edited(
      lenet(),
      { type: 'rename', layer: 'relu1', name: 'edges' },
      { type: 'replace', layer: 'relu1', kind: 'Tanh' },
    );
    expect(named.layers.get('relu1')?.name).toBe('edges');
  });

  it('takes no field that would be out of range, and cuts inputs that the new kind does not take', () => {
    const merged = edited(
      chain(input(1, 8), conv(4, 3, 1, 1)),
      { type: 'add', kind: 'Concatenate', id: 'concat1', after: ['conv1', 'input'] },
      { type: 'replace', layer: 'concat1', kind: 'ReLU' },
    );
    expect(inputsOf(merged).get('concat1')).toEqual(['conv1']);
    const same = lenet();
    expect(applyEdit(same, { type: 'replace', layer: 'conv1', kind: 'Conv2D' })).toBe(same);
    expect(applyEdit(same, { type: 'replace', layer: 'conv1', kind: 'NoSuchKind' })).toBe(same);
  });
});

describe('notes', () => {
  const note = { id: 'note1', text: 'Why "5×5"?\nAsk.', position: [10, 20] } as const;

  it('are saved with the design, and gone from the file with the last of them', () => {
    const design = { ...blankDesign(), network: applyEdit(lenet(), { type: 'put-note', note }) };
    const read = parseDesign(formatDesign(design));
    expect(read.network.notes).toEqual(new Map([['note1', note]]));
    const network = applyEdit(read.network, { type: 'remove-notes', notes: ['note1'] });
    expect(formatDesign({ ...design, network })).not.toContain('notes');
    expect(applyEdit(network, { type: 'remove-notes', notes: ['note1'] })).toBe(network);
  });

  it('stay when layers become a block and when a block is taken apart', () => {
    const block = edited(
      lenet(),
      { type: 'put-note', note },
      { type: 'make-block', layers: ['conv1', 'relu1'], name: 'first' },
    );
    expect(block.notes?.size).toBe(1);
    const apart = applyEdit(block, { type: 'take-apart', layer: 'block1' });
    expect(apart.notes?.size).toBe(1);
    expect(freshNoteId(apart)).toBe('note2');
  });

  it('of a file are bounded', () => {
    const network = applyEdit(lenet(), { type: 'put-note', note: { ...note, text: 'x'.repeat(2001) } });
    expect(() => parseDesign(formatDesign({ ...blankDesign(), network }))).toThrow('notes[0].text');
  });
});

describe('aligning', () => {
  const boxes = new Map<string, Box>([
    ['a', { position: [0, 100], width: 100, height: 40 }],
    ['b', { position: [300, 0], width: 60, height: 60 }],
    ['c', { position: [130, 50], width: 100, height: 40 }],
  ]);
  const expected: { readonly [A in Alignment]: readonly (readonly [number, number])[] } = {
    left: [
      [0, 100],
      [0, 0],
      [0, 50],
    ],
    center: [
      [130, 100],
      [150, 0],
      [130, 50],
    ],
    right: [
      [260, 100],
      [300, 0],
      [260, 50],
    ],
    top: [
      [0, 0],
      [300, 0],
      [130, 0],
    ],
    middle: [
      [0, 50],
      [300, 40],
      [130, 50],
    ],
    bottom: [
      [0, 100],
      [300, 80],
      [130, 100],
    ],
    columns: [
      [0, 100],
      [300, 0],
      [150, 50],
    ],
    rows: [
      [0, 100],
      [300, 0],
      [130, 60],
    ],
  };

  it.each(Object.keys(ALIGNMENTS) as Alignment[])('%s', (how) => {
    const placed = align(boxes, how);
    expect(['a', 'b', 'c'].map((id) => placed.get(id))).toEqual(expected[how]);
  });
});
