// @vitest-environment happy-dom
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { appContract } from '#contract/app/index.ts';
import { LAYERS } from '#core/layers/index.ts';
import { applyEdit, type Edit } from '#core/network/edits.ts';
import type { Network } from '#core/network/network.ts';
import { propagate } from '#core/network/propagate.ts';
import { replacementsOf } from '#core/network/replacements.ts';
import { blankDesign, findTemplate, TEMPLATES } from '#core/templates/index.ts';
import {
  addEntries,
  commandEntries,
  layerEntries,
  replaceEntries,
  templateEntries,
} from '#renderer/commands/entries.ts';
import { keysOf, printKeys } from '#renderer/commands/keys.ts';
import { search } from '#renderer/commands/match.ts';
import { findAll, findLayers } from '#renderer/commands/results.ts';
import { COMMANDS, GROUPS, OTHER_KEYS } from '#renderer/commands/table.ts';
import { edit, select, showDesign } from '#renderer/document/store.ts';
import { chain, conv, input } from '../../networks.ts';

const change = (network: Network, ...edits: readonly Edit[]) => edits.reduce(applyEdit, network);
const labels = (items: readonly { readonly label: string }[]) => items.map(({ label }) => label);
const find = (typed: string, ...names: readonly string[]) =>
  labels(
    search(
      names.map((label) => ({ label })),
      typed,
    ),
  );

describe('search', () => {
  it('prefers a whole word to the start of one, that to its middle, and that to letters with others between', () => {
    const names = ['Pool of maxima, deep', 'unpad', 'Add PADDING', 'Pad it'];
    expect(find('pad', ...names)).toEqual(names.toReversed());
    expect(find('mxp', 'MAX POOL', 'Mix up')).toEqual(['MAX POOL', 'Mix up']);
  });

  it('takes letters in their order only, the first of which starts a word', () => {
    expect(find('pmx', 'MAX POOL')).toEqual([]);
    expect(find('xpo', 'MAX POOL')).toEqual([]);
    expect(find('rn50', 'ResNet-50', 'ResNet-20')).toEqual(['ResNet-50']);
    expect(find('50r', 'ResNet-50')).toEqual([]);
  });

  it('wants every word that was typed, in any order, and is worth what the worst of them is', () => {
    expect(find('conv add', 'Add CONV', 'CONV conv1', 'ADD add1')).toEqual(['Add CONV']);
    expect(find('conv 1', 'conv10 1', 'conv 1', 'conv1 2')).toEqual(['conv 1', 'conv10 1', 'conv1 2']);
  });

  it('does not mind accents, capitals, spaces and the × of volumes', () => {
    expect(find('  CAFE ', 'Café')).toEqual(['Café']);
    expect(find('28x28x6', 'CONV 28×28×6', 'CONV 28×28×8')).toEqual(['CONV 28×28×6']);
    expect(find('resnet-50', 'New from ResNet-50', 'New from ResNet-18')).toEqual(['New from ResNet-50']);
  });

  it('finds other words from their start only, and thinks less of them', () => {
    const items = [
      { label: 'Train', words: 'start run' },
      { label: 'Restart', words: '' },
      { label: 'Start again', words: '' },
    ];
    expect(labels(search(items, 'start'))).toEqual(['Start again', 'Train', 'Restart']);
    expect(labels(search(items, 'tart'))).toEqual(['Restart', 'Start again']);
    expect(labels(search(items, 'rn'))).toEqual([]);
  });

  it('keeps the order of what it fits equally well, and finds all where nothing was typed', () => {
    const names = ['conv3', 'conv1', 'conv2'];
    expect(find('conv', ...names)).toEqual(names);
    expect(find(' ', ...names)).toEqual(names);
  });

  it('finds every text by each of its words and by the start of each', () => {
    const word = fc.stringMatching(/^[a-z]{1,6}$/);
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), fc.nat(), fc.nat(), (words, which, length) => {
        const chosen = words[which % words.length]!;
        const label = words.join(' ');
        expect(find(chosen, label)).toEqual([label]);
        expect(find(chosen.slice(0, 1 + (length % chosen.length)), label)).toEqual([label]);
        expect(find(`${chosen}!`, label)).toEqual([]);
      }),
    );
  });
});

describe('keys', () => {
  const press = (key: string, held: KeyboardEventInit = {}) => keysOf(new KeyboardEvent('keydown', { key, ...held }));

  it('are spelled in one way', () => {
    expect(press('Z', { ctrlKey: true, shiftKey: true })).toBe('mod+shift+z');
    expect(press('k', { metaKey: true })).toBe('mod+k');
    expect(press('Escape')).toBe('escape');
    expect(press('F10', { shiftKey: true })).toBe('shift+f10');
  });

  it('are the same on keyboards where a character needs Shift', () => {
    expect(press('?', { shiftKey: true })).toBe('?');
    expect(press('/', { shiftKey: true })).toBe('/');
    expect(press('F', { shiftKey: true })).toBe('shift+f');
  });

  it('are printed as they stand on the keyboard', () => {
    expect(printKeys('mod+shift+z', false)).toBe('Ctrl+Shift+Z');
    expect(printKeys('mod+shift+z', true)).toBe('⇧⌘Z');
    expect(printKeys('escape', false)).toBe('Esc');
    expect(printKeys('/', false)).toBe('/');
  });
});

describe('the table of commands', () => {
  const all = [
    ...COMMANDS.map(({ keys = [], canvasKeys = [], ...rest }) => ({ ...rest, keys: [...keys, ...canvasKeys] })),
    ...OTHER_KEYS,
  ];
  const twice = (values: readonly string[]) => values.filter((value, i) => values.indexOf(value) !== i);

  it('gives no id, title or key twice', () => {
    expect(twice(COMMANDS.map(({ id }) => id))).toEqual([]);
    expect(twice(all.map(({ title }) => title))).toEqual([]);
    expect(twice(all.flatMap(({ keys }) => keys))).toEqual([]);
  });

  it('spells keys as events do', () => {
    for (const keys of COMMANDS.flatMap(({ keys = [] }) => keys)) {
      const parts = keys.split('+');
      const held = { ctrlKey: parts.includes('mod'), shiftKey: parts.includes('shift') };
      expect(keysOf(new KeyboardEvent('keydown', { key: parts.at(-1)!, ...held }))).toBe(keys);
    }
  });

  it('has what the menu of Electron offers, by the ids that main gives it', () => {
    const { command } = appContract.events['menu.command'].shape;
    expect(COMMANDS.map(({ id }) => id)).toEqual(expect.arrayContaining(command.options));
  });

  it('leaves no group empty', () => {
    for (const group of GROUPS) expect(all.filter((entry) => entry.group === group)).not.toEqual([]);
  });

  it('says what cannot be done, and why', () => {
    const obstacles = () =>
      new Map(commandEntries(true).map(({ id, obstacle }) => [id.replace('command ', ''), obstacle]));
    showDesign(blankDesign());
    const blank = obstacles();
    for (const id of ['undo', 'redo', 'delete', 'duplicate', 'take-apart', 'train', 'export', 'fit', 'pause', 'stop'])
      expect(blank.get(id), id).toMatch(/\.$/);
    for (const id of ['shortcuts', 'about', 'new', 'open', 'diagram', 'outline', 'panel ledger'])
      expect(blank.get(id), id).toBeUndefined();

    showDesign(findTemplate('lenet5')!.create());
    edit({ type: 'add', kind: 'Dropout', id: 'dropout1', after: ['conv1'] }, { type: 'remove', layers: ['dropout1'] });
    select(['conv1']);
    const open = obstacles();
    for (const id of ['undo', 'delete', 'duplicate', 'train', 'export', 'fit'])
      expect(open.get(id), id).toBeUndefined();
    expect(open.get('take-apart')).toMatch(/one block/);
    expect(open.get('redo')).toMatch(/nothing to redo/);
  });
});

/** INPUT → CONV → block of CONV and RELU → RELU. */
const withBlock = change(chain(input(3, 8), conv(4, 3, 1, 1), conv(4, 3, 1, 1), ['ReLU'], ['ReLU']), {
  type: 'make-block',
  layers: ['conv2', 'relu1'],
  name: 'Unit',
});
const layersOf = (network: Network) => layerEntries(network, propagate(network));

describe('the layers in the palette', () => {
  it('are those of the canvas in the order in which they run, with those in a block behind it', () => {
    expect(layersOf(withBlock).map(({ label, detail }) => `${label}: ${detail}`)).toEqual([
      'INPUT input: 8×8×3',
      'CONV conv1: 8×8×4',
      'BLOCK block1: Unit, 8×8×4',
      'CONV block1/conv2: 8×8×4',
      'RELU block1/relu1: 8×8×4',
      'RELU relu2: 8×8×4',
    ]);
  });

  it('are found by kind, name, volume and block', () => {
    const found = (typed: string) => labels(search(layersOf(withBlock), typed));
    expect(found('relu2')).toEqual(['RELU relu2']);
    expect(found('8x8x3')).toEqual(['INPUT input']);
    expect(found('unit')).toEqual(['BLOCK block1']);
    expect(found('conv 8x8x4')).toEqual(['CONV conv1', 'CONV block1/conv2']);
  });

  it.each(TEMPLATES.map((template) => [template.id, template] as const))('%s: each is found by its name', (_, t) => {
    const report = propagate(t.create().network);
    const entries = layerEntries(t.create().network, report);
    expect(entries).toHaveLength(report.layers.size);
    for (const { layer } of report.layers.values()) {
      expect(search(entries, layer.name)[0]?.label.endsWith(` ${layer.name}`), layer.name).toBe(true);
    }
  });

  it('say so where there is no volume', () => {
    expect(layersOf(chain(['ReLU']))[0]?.detail).toBe('no volume');
  });
});

describe('what a layer can be replaced with', () => {
  it('has a place for each of its connections', () => {
    const network = change(chain(input(3, 8), conv(4, 3, 1, 1), ['ReLU'], ['Add']), {
      type: 'connect',
      from: 'conv1',
      to: 'add1',
    });
    expect(replacementsOf(network, 'add1')).toEqual(['Multiply', 'Concatenate']);
    expect(replacementsOf(network, 'conv1')).toContain('AveragePooling2D');
    for (const kind of ['Conv2D', 'Input', 'Add']) expect(replacementsOf(network, 'conv1')).not.toContain(kind);
    expect(replacementsOf(network, 'input')).toEqual([]);
    expect(replacementsOf(network, 'nothing')).toEqual([]);
  });

  it('is all that takes an input where it has none yet', () => {
    const kinds = replacementsOf(chain(['Add']), 'add1');
    expect(kinds).toHaveLength(LAYERS.length - 2);
    expect(kinds).not.toContain('Input');
  });

  it('leaves every connection as it is', () => {
    const { network } = findTemplate('resnet20')!.create();
    for (const layer of network.layers.keys()) {
      for (const kind of replacementsOf(network, layer))
        expect(applyEdit(network, { type: 'replace', layer, kind }).edges).toEqual(network.edges);
    }
  });

  it('is offered for one selected layer only', () => {
    expect(labels(replaceEntries(withBlock, new Set(['conv1'])))).toContain('Replace conv1 with AVG POOL');
    expect(replaceEntries(withBlock, new Set())).toEqual([]);
    expect(replaceEntries(withBlock, new Set(['conv1', 'relu2']))).toEqual([]);
  });
});

describe('what is found', () => {
  const shown = { network: withBlock, report: propagate(withBlock), selection: new Set(['conv1']), onCanvas: true };
  beforeEach(() => {
    showDesign({ ...blankDesign(), network: withBlock });
    select(['conv1']);
  });

  it('has an entry for each kind, block and template', () => {
    expect(addEntries(withBlock)).toHaveLength(LAYERS.length + 1);
    expect(labels(addEntries(withBlock)).at(-1)).toBe('Add Unit');
    expect(templateEntries()).toHaveLength(TEMPLATES.length + 1);
  });

  it('gives no id twice', () => {
    const ids = findAll('e', shown).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('is what can be done before anything is typed', () => {
    const entries = findAll('', shown);
    expect(entries.every(({ id, obstacle }) => id.startsWith('command ') && obstacle === undefined)).toBe(true);
    expect(labels(entries)).toContain('Duplicate the selection');
    expect(labels(entries)).not.toContain('Undo');
  });

  it.each([
    ['conv1', 'CONV conv1'],
    ['add conv', 'Add CONV'],
    ['addmp', 'Add MAX POOL'],
    ['new resnet50', 'New from ResNet-50'],
    ['resnet-50', 'New from ResNet-50'],
    ['replace avg', 'Replace conv1 with AVG POOL'],
    ['fit', 'Fit the network into view'],
    ['export', 'Export ONNX'],
    ['diagram', 'Export diagram…'],
    ['ledger', 'Show Ledger'],
    ['ungroup', 'Take the block apart'],
  ])('%s: first of all %s', (typed, label) => {
    const [first] = labels(findAll(typed, shown));
    expect(first).toBe(label);
  });

  it('ends with what cannot be done now', () => {
    const entries = findAll('undo', shown);
    expect(entries.at(-1)).toMatchObject({ label: 'Undo', obstacle: 'There is nothing to undo.' });
    const last = findAll('re', shown).map(({ obstacle }) => obstacle !== undefined);
    expect(last).toEqual([...last].sort());
    expect(last).toContain(true);
  });

  it('is what can be done without a network on the start screen', () => {
    const start = { ...shown, onCanvas: false };
    expect(labels(findAll('', start))).toEqual([
      'Keyboard shortcuts',
      'About and licences',
      'Templates…',
      'Open a file…',
    ]);
    expect(labels(findAll('conv', start))).toEqual(['New from ConvNetJS CIFAR-10']);
    expect(findLayers('', start)).toEqual([]);
    expect(labels(findLayers('relu', shown))).toEqual(['RELU block1/relu1', 'RELU relu2']);
  });
});
