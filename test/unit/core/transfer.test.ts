/** Trained weights belong to layers by id: what an edit leaves as it was keeps them. */
import { describe, expect, it } from 'vitest';
import { applyEdit, type Edit } from '#core/network/edits.ts';
import type { Network } from '#core/network/network.ts';
import { propagate } from '#core/network/propagate.ts';
import { findTemplate, TEMPLATES } from '#core/templates/index.ts';
import { namedTensors } from '#core/training/emit.ts';
import { changesSince } from '#core/weights/changes.ts';
import { describeTransfer } from '#core/weights/describe.ts';
import { transferWeights } from '#core/weights/transfer.ts';

const lenet = findTemplate('lenet5')!.create().network;
const resnet = findTemplate('resnet20')!.create().network;
const change = (network: Network, ...edits: readonly Edit[]) => edits.reduce(applyEdit, network);

function transfer(before: Network, after: Network) {
  const [trained, current] = [propagate(before), propagate(after)];
  const found = transferWeights(trained, current);
  return {
    ...found,
    untrained: describeTransfer(found).filter(({ state }) => state !== 'trained'),
    changes: changesSince({ network: before, report: trained }, { network: after, report: current }),
  };
}

describe('weights of a trained network', () => {
  it.each([
    ['a rename', { type: 'rename', layer: 'conv1', name: 'c1' }],
    ['a moved node', { type: 'move', positions: new Map([['conv1', [10, 20]]]) }],
    ['a note', { type: 'put-note', note: { id: 'note1', text: 'trained', position: [0, 0] } }],
    ['another way to learn', { type: 'set-fields', layer: 'conv1', fields: { trainable: false, decayMultiplier: 0 } }],
    ['another way to draw first weights', { type: 'set-fields', layer: 'conv1', fields: { initializer: 'zeros' } }],
  ] satisfies readonly (readonly [string, Edit])[])('are all kept after %s, which is no change', (_, edit) => {
    const { sources, untrained, changes } = transfer(lenet, change(lenet, edit));
    expect(sources.size).toBe(namedTensors(propagate(lenet)).length);
    expect(untrained).toEqual([]);
    expect(changes).toEqual([]);
  });

  it('go by id, not by name: two layers that swap their names keep their own', () => {
    const swapped = change(
      lenet,
      { type: 'rename', layer: 'conv1', name: 'x' },
      { type: 'rename', layer: 'conv2', name: 'conv1' },
      { type: 'rename', layer: 'conv1', name: 'conv2' },
    );
    const { sources } = transfer(lenet, swapped);
    expect(sources.get('conv2.weight')).toBe('conv1.weight');
    expect(sources.get('conv1.weight')).toBe('conv2.weight');
  });

  it('that no longer fit are first weights, with the reason; those that still do stay', () => {
    const wider = change(lenet, { type: 'set-fields', layer: 'conv2', fields: { filters: 20 } });
    const { untrained, sources, changes } = transfer(lenet, wider);
    expect(untrained).toEqual([
      {
        layer: 'conv2',
        name: 'conv2',
        state: 'initial',
        reason: 'its weight was 16×6×5×5 and is 20×6×5×5 now; its bias was 16 and is 20 now',
      },
      {
        layer: 'fc1',
        name: 'fc1',
        state: 'partly',
        reason: 'its weight was 120×400 and is 120×500 now',
      },
    ]);
    expect(sources.get('fc1.bias')).toBe('fc1.bias');
    expect(changes).toEqual(['conv2: Filters (K) was 16, is 20.']);
  });

  it('of a layer that is new or of another kind are first weights', () => {
    const added = change(lenet, { type: 'insert-after', layer: 'conv1', kind: 'BatchNormalization' });
    expect(transfer(lenet, added).untrained).toMatchObject([{ name: 'bn1', reason: 'added after the training' }]);
    const replaced = change(lenet, { type: 'replace', layer: 'conv2', kind: 'DepthwiseConv2D' });
    expect(transfer(lenet, replaced).untrained).toMatchObject(
      expect.arrayContaining([expect.objectContaining({ layer: 'conv2', reason: 'was CONV when it was trained' })]),
    );
  });

  it('that all fit may still compute something else: that is said', () => {
    const strided = change(lenet, { type: 'set-fields', layer: 'pool1', fields: { strides: 2, poolSize: 1 } });
    const { untrained, changes } = transfer(lenet, strided);
    expect(untrained).toEqual([]);
    expect(changes).toEqual(['pool1: Kernel size (F) was 2, is 1.']);
    const without = change(
      lenet,
      { type: 'remove', layers: ['relu1'] },
      { type: 'connect', from: 'conv1', to: 'pool1' },
    );
    expect(transfer(lenet, without).changes).toContain('relu1 was removed.');
  });

  it('are found in a block that was made of trained layers, and again once it was taken apart', () => {
    const layers = ['conv2', 'bn2', 'relu2', 'conv3', 'bn3', 'add1', 'relu3'];
    const grouped = change(resnet, { type: 'make-block', layers, name: 'residual' });
    const there = transfer(resnet, grouped);
    expect(there.sources.get('block1/conv2.weight')).toBe('conv2.weight');
    expect(there.untrained).toEqual([]);
    expect(there.changes).toEqual([]);
    const back = transfer(grouped, change(grouped, { type: 'take-apart', layer: 'block1' }));
    expect(back.sources.get('conv2.weight')).toBe('block1/conv2.weight');
    expect(back.untrained).toEqual([]);
    expect(back.changes).toEqual([]);
  });

  it.each(TEMPLATES.map(({ id, create }) => [id, create] as const))('%s takes over all of its own', (_, create) => {
    const { network } = create();
    const { sources, layers } = transfer(network, create().network);
    expect([...sources].every(([name, source]) => name === source)).toBe(true);
    expect(layers.every(({ state }) => state === 'trained')).toBe(true);
    expect(sources.size).toBe(namedTensors(propagate(network)).length);
  });
});
