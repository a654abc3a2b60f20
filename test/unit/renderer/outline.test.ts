import { describe, expect, it } from 'vitest';
import { applyEdit, type Edit } from '#core/network/edits.ts';
import { EMPTY_NETWORK, type Network } from '#core/network/network.ts';
import { propagate } from '#core/network/propagate.ts';
import { findTemplate, TEMPLATES } from '#core/templates/index.ts';
import { connectChoices, insertChoices } from '#renderer/outline/choices.ts';
import { inWords, outlineOrder, outlineRow } from '#renderer/outline/rows.ts';
import { chain, conv, input } from '../../networks.ts';

const change = (network: Network, ...edits: readonly Edit[]) => edits.reduce(applyEdit, network);
const orderOf = (network: Network) => outlineOrder(network, propagate(network));
const sentenceOf = (network: Network, id: string) => outlineRow(network, propagate(network), id).sentence;

/** INPUT → CONV → RELU → ADD, and CONV → ADD: a residual connection. */
const residual = change(chain(input(3, 8), conv(4, 3, 1, 1), ['ReLU'], ['Add']), {
  type: 'connect',
  from: 'conv1',
  to: 'add1',
});

describe('the order of the outline', () => {
  it.each(TEMPLATES.map((template) => [template.id, template] as const))(
    '%s: what feeds a layer is above it',
    (_, t) => {
      const { network } = t.create();
      const order = orderOf(network);
      expect([...order].sort()).toEqual([...network.layers.keys()].sort());
      for (const { from, to } of network.edges) expect(order.indexOf(from)).toBeLessThan(order.indexOf(to));
    },
  );

  it('ends with what cannot run: layers without an input, on a cycle, and fed by one of these', () => {
    const loose = change(
      residual,
      { type: 'add', kind: 'ReLU', id: 'alone' },
      { type: 'add', kind: 'ReLU', id: 'behind', after: ['alone'] },
    );
    // The loose layer could be made first of all; a topological order begins with it.
    expect(propagate(loose).order.indexOf('alone')).toBeLessThan(2);
    expect(orderOf(loose)).toEqual(['input', 'conv1', 'relu1', 'add1', 'alone', 'behind']);
    const cycle = change(loose, { type: 'connect', from: 'add1', to: 'conv1' });
    expect(orderOf(cycle)[0]).toBe('input');
    expect(orderOf(cycle)).toHaveLength(6);
  });

  it('has a block once, and is empty where nothing is', () => {
    const blocks = change(residual, { type: 'make-block', layers: ['conv1', 'relu1', 'add1'], name: 'Residual' });
    expect(orderOf(blocks)).toEqual(['input', expect.stringMatching(/^residual|^block/i)]);
    expect(orderOf(EMPTY_NETWORK)).toEqual([]);
  });
});

describe('a row of the outline', () => {
  it('says what a layer is, what feeds it and what it gives', () => {
    expect(orderOf(residual).map((id) => sentenceOf(residual, id))).toEqual([
      'INPUT input, 8×8×3',
      'CONV conv1, from input, 8×8×4',
      'RELU relu1, from conv1, 8×8×4',
      'ADD add1, from relu1 and conv1, 8×8×4',
    ]);
  });

  it('tells a problem, what waits for it, what is not connected, and what is rounded down', () => {
    const wrong = change(residual, { type: 'set-fields', layer: 'conv1', fields: { kernelSize: 99 } });
    expect(sentenceOf(wrong, 'conv1')).toMatch(/^CONV conv1, from input, no volume, problem: The window doesn't fit/);
    expect(sentenceOf(wrong, 'relu1')).toBe('RELU relu1, from conv1, waits for conv1');
    const cut = change(residual, { type: 'remove', layers: [], edges: [{ from: 'input', to: 'conv1' }] });
    expect(sentenceOf(cut, 'conv1')).toBe('CONV conv1, not connected');
    const strided = change(residual, { type: 'set-fields', layer: 'conv1', fields: { strides: 2 } });
    // (8 − 3 + 2)/2 = 3.5 is rounded down to 3, plus 1.
    expect(sentenceOf(strided, 'conv1')).toBe('CONV conv1, from input, 4×4×4, floors');
  });

  it('lists names as people do', () => {
    expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map(inWords)).toEqual(['', 'a', 'a and b', 'a, b and c']);
  });
});

describe('what can be chosen', () => {
  it('to connect to: neither an INPUT, nor what is fed already, nor what would close a loop', () => {
    const labels = (from: string) => connectChoices(residual, from).map(({ label, detail }) => `${label}, ${detail}`);
    expect(labels('input')).toEqual(['RELU relu1, instead of conv1', 'ADD add1, beside relu1 and conv1']);
    expect(labels('conv1')).toEqual([]);
    expect(labels('add1')).toEqual([]);
  });

  it('to insert: every kind that takes an input, and the design’s blocks', () => {
    const { network } = findTemplate('lenet5')!.create();
    const kinds = insertChoices(network).map(({ value }) => value.kind);
    expect(kinds).toContain('Conv2D');
    expect(kinds).not.toContain('Input');
    const blocks = change(residual, { type: 'make-block', layers: ['conv1', 'relu1', 'add1'], name: 'Residual' });
    expect(insertChoices(blocks).at(-1)).toMatchObject({ label: 'Residual', value: { fields: { block: 'Residual' } } });
  });
});
