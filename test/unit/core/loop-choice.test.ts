/** What there is to choose where a connection would close a loop. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyEdit } from '#core/network/edits.ts';
import { loopChoice } from '#core/network/loop-choice.ts';
import type { Network } from '#core/network/network.ts';
import { topologicalOrder } from '#core/network/order.ts';
import { propagate } from '#core/network/propagate.ts';
import { chain, conv, input } from '../../networks.ts';
import { editedBy, randomSteps } from '../../random-edits.ts';

const line = chain(input(1, 8), conv(4, 3), ['ReLU'], conv(4, 3), ['Flatten'], ['Dense']);
const isSorted = (network: Network) => topologicalOrder(network).sorted.length === network.layers.size;

describe('loopChoice', () => {
  it('is none where a connection closes no loop', () => {
    expect(loopChoice(line, { from: 'input', to: 'conv2' })).toBeUndefined();
    // The one that is moved was the way back.
    expect(loopChoice(line, { from: 'relu1', to: 'conv1' }, { from: 'conv1', to: 'relu1' })).toBeUndefined();
  });

  it('names the loop, and the one connection without which there is none', () => {
    expect(loopChoice(line, { from: 'relu1', to: 'conv1' })).toEqual({
      loop: 'conv1 → relu1 → conv1',
      others: [{ from: 'conv1', to: 'relu1' }],
      edits: [
        { type: 'remove', layers: [], edges: [{ from: 'conv1', to: 'relu1' }] },
        { type: 'connect', from: 'relu1', to: 'conv1' },
      ],
    });
  });

  it('chooses what leaves the fewest problems: the input that an ADD has to spare', () => {
    let network = chain(input(4, 8), ['ReLU'], conv(4, 3, 1, 1), ['Add'], ['Flatten'], ['Dense']);
    for (const from of ['input', 'relu1']) network = applyEdit(network, { type: 'connect', from, to: 'add1' });
    // add1 → conv1 closes conv1 → add1 → conv1; without conv1, ADD still has two inputs.
    const choice = loopChoice(network, { from: 'add1', to: 'conv1' })!;
    expect(choice.others).toEqual([{ from: 'conv1', to: 'add1' }]);
    // conv1 is an output of its own now.
    expect(propagate(choice.edits.reduce(applyEdit, network)).problems.map(({ code }) => code)).toEqual([
      'two-outputs',
    ]);
  });

  it('removes all ways at once where there are several, and has nothing to remove for a layer and itself', () => {
    let network = chain(input(4, 8), ['ReLU'], ['Sigmoid'], ['Add'], ['Flatten'], ['Dense']);
    network = applyEdit(network, { type: 'connect', from: 'relu1', to: 'add1' });
    const choice = loopChoice(network, { from: 'add1', to: 'relu1' })!;
    expect(choice.others.length).toBeGreaterThan(1);
    expect(isSorted(choice.edits.reduce(applyEdit, network))).toBe(true);
    expect(loopChoice(network, { from: 'add1', to: 'add1' })).toEqual({ loop: 'add1 → add1', others: [], edits: [] });
  });

  it('whatever the network: without a choice the connection closes no loop, and the choice leaves none', () => {
    let loops = 0;
    fc.assert(
      fc.property(randomSteps, fc.nat({ max: 30 }), fc.nat({ max: 30 }), (steps, a, b) => {
        const network = editedBy(steps);
        if (!isSorted(network) || network.layers.size === 0) return;
        const ids = [...network.layers.keys()];
        const edge = { from: ids[a % ids.length] as string, to: ids[b % ids.length] as string };
        const choice = loopChoice(network, edge);
        if (choice === undefined) {
          expect(isSorted(applyEdit(network, { type: 'connect', ...edge }))).toBe(true);
          return;
        }
        loops += 1;
        const after = choice.edits.reduce(applyEdit, network);
        expect(isSorted(after)).toBe(true);
        if (edge.from !== edge.to) expect(after.edges).toContainEqual(edge);
        for (const other of choice.others) expect(after.edges).not.toContainEqual(other);
      }),
      { numRuns: 600, seed: 1 },
    );
    expect(loops).toBeGreaterThan(50);
  });
});
