import { describe, expect, it } from 'vitest';
import { applyEdit } from '#core/network/edits.ts';
import { EMPTY_NETWORK, type Network } from '#core/network/network.ts';
import { propagate } from '#core/network/propagate.ts';
import { findTemplate, TEMPLATES } from '#core/templates/index.ts';
import { FlowElements } from '#renderer/canvas/flow-nodes.ts';
import { layoutNetwork, NODE, withPositions } from '#renderer/canvas/layout.ts';
import { takeApart } from '#renderer/canvas/take-apart.ts';
import { chain, conv, input } from '../../networks.ts';

function expectApart(places: readonly (readonly [number, number])[]): void {
  for (const [i, [x, y]] of places.entries()) {
    for (const [otherX, otherY] of places.slice(i + 1)) {
      const apart = Math.abs(x - otherX) >= NODE.width || Math.abs(y - otherY) >= NODE.height;
      expect(apart).toBe(true);
    }
  }
}

/** The places of all layers on the canvas; fails where one has none. */
function placesOf({ layers }: Pick<Network, 'layers'>) {
  return [...layers.values()].map(({ position }) => {
    expect(position).toBeDefined();
    return position!;
  });
}

describe('auto layout', () => {
  it.each(TEMPLATES.map((template) => [template.id, template] as const))(
    '%s: every layer has a place of its own, near the canvas’s shape',
    (_, template) => {
      const { network } = template.create();
      const places = [...layoutNetwork(network).values()];
      expect(places).toHaveLength(network.layers.size);
      expectApart(places);
      if (places.length < 10) return;
      const width = Math.max(...places.map(([x]) => x)) + NODE.width;
      const height = Math.max(...places.map(([, y]) => y)) + NODE.height;
      expect(width / height).toBeGreaterThan(0.8);
      expect(width / height).toBeLessThan(4);
    },
  );

  it('nothing is nowhere, and a layer alone is somewhere', () => {
    expect(layoutNetwork(EMPTY_NETWORK).size).toBe(0);
    expect([...layoutNetwork(chain(input(1, 8))).values()]).toEqual([[0, 0]]);
  });
});

describe('the layers of a block', () => {
  const placed = (id: string) => withPositions(findTemplate(id)!.create().network);

  it('have places of their own within it, from its corner on', () => {
    for (const block of placed('googlenet').blocks!.values()) {
      const places = placesOf(block);
      expectApart(places);
      expect(Math.min(...places.map(([x]) => x))).toBe(0);
      expect(Math.min(...places.map(([, y]) => y))).toBe(0);
    }
  });

  it('keep them', () => {
    const network = placed('googlenet');
    expect(withPositions(network)).toBe(network);
  });

  it.each([
    ['googlenet', 'block1'],
    ['googlenet', 'block5'],
    ['resnet50', 'block16'],
    ['mobilenet', 'block1'],
  ])('of %s take the place of %s, and what is there makes room', (id, block) => {
    const network = placed(id);
    const edits = takeApart(network, block);
    const apart = edits.reduce(applyEdit, network);
    expect(apart.layers.has(block)).toBe(false);
    expectApart(placesOf(apart));
    expect(propagate(apart).totals).toEqual(propagate(network).totals);
  });

  it('go back to where they were when they were made a block', () => {
    const network = placed('resnet20');
    const group = ['conv2', 'bn2', 'relu2', 'conv3', 'bn3', 'add1', 'relu3'];
    const made = applyEdit(network, { type: 'make-block', layers: group, name: 'residual' });
    const back = takeApart(made, 'block1').reduce(applyEdit, made);
    for (const layer of back.layers.values()) {
      expect(layer.position).toEqual(network.layers.get(layer.id)?.position);
    }
  });
});

describe('what React Flow is handed', () => {
  const nothing = new Set<string>();
  const nodesOf = (elements: FlowElements, network: ReturnType<typeof chain>, selected = nothing) =>
    elements.nodes(network, propagate(network), selected, new Map(), new Map());

  it('is the same objects while no place, name, selection or problem changes', () => {
    const network = chain(input(1, 8), conv(4, 3), ['Flatten'], ['Dense'], ['Softmax']);
    const elements = new FlowElements();
    const nodes = nodesOf(elements, network);
    const edges = elements.edges(network, nothing);
    const typed = applyEdit(network, { type: 'set-fields', layer: 'conv1', fields: { filters: 5 } });
    expect(nodesOf(elements, typed)).toBe(nodes);
    expect(elements.edges(typed, nothing)).toBe(edges);
  });

  it('is new where something changed, and only there', () => {
    const network = chain(input(1, 8), conv(4, 3), ['Flatten'], ['Dense'], ['Softmax']);
    const elements = new FlowElements();
    const before = nodesOf(elements, network);
    const selected = nodesOf(elements, network, new Set(['conv1']));
    expect(selected.map((node, i) => node === before[i])).toEqual([true, false, true, true, true]);
    const wrong = applyEdit(network, { type: 'set-fields', layer: 'conv1', fields: { kernelSize: 99 } });
    expect(nodesOf(elements, wrong).find(({ id }) => id === 'conv1')?.zIndex).toBeGreaterThan(0);
    const cut = applyEdit(network, { type: 'remove', layers: ['conv1'] });
    expect(nodesOf(elements, cut).map(({ id }) => id)).toEqual(['input', 'flatten1', 'fc1', 'softmax1']);
    expect(elements.edges(cut, nothing)).toHaveLength(2);
  });
});
