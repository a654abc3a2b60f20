/** Blocks expanded on the canvas: the room they take, what is drawn in them, and that all of it can be undone. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyEdit, type Edit } from '#core/network/edits.ts';
import type { Layer, LayerId, Network } from '#core/network/network.ts';
import { propagate } from '#core/network/propagate.ts';
import { findTemplate, TEMPLATES } from '#core/templates/index.ts';
import { type Box, NODE, type Position } from '#renderer/canvas/dimensions.ts';
import { FlowElements } from '#renderer/canvas/flow-nodes.ts';
import { anchored, boxOf, frameOf, middleOf, shownFrame } from '#renderer/canvas/frames.ts';
import { layoutNetwork, withPositions } from '#renderer/canvas/layout.ts';
import { makeRoom } from '#renderer/canvas/room.ts';
import { blocksOf, collisions, makeBlockEdits, showLayers } from '#renderer/canvas/show-layers.ts';
import { takeApart } from '#renderer/canvas/take-apart.ts';
import { freeSpot, placeBehind } from '#renderer/canvas/use-canvas-actions.ts';
import { intoView } from '#renderer/canvas/view.ts';

const placed = (id: string) => withPositions(findTemplate(id)!.create().network);
const resnet = placed('resnet50');

const apply = (network: Network, edits: readonly Edit[]) => edits.reduce(applyEdit, network);
const show = (network: Network, ids: readonly LayerId[], shown = true) =>
  apply(network, showLayers(network, ids, shown));
const showAll = (network: Network) => show(network, blocksOf(network));
const layersOf = ({ layers }: Network) => [...layers.values()];
const positionsOf = (network: Network) => layersOf(network).map(({ id, position }) => [id, position]);

function apart(a: Box, b: Box): boolean {
  return (
    a.left + a.width <= b.left || b.left + b.width <= a.left || a.top + a.height <= b.top || b.top + b.height <= a.top
  );
}

const nodeAt = (left: number, top: number): Box => ({ left, top, ...NODE });

/** Networks with layers anywhere but upon each other, some of them blocks. */
const anyNetwork = fc
  .array(
    fc.record({
      block: fc.option(fc.constantFrom(...resnet.blocks!.keys()), { freq: 2 }),
      // On the grid, near enough to each other to be in the way; or half-way between others.
      x: fc.integer({ min: -60, max: 260 }).map((n) => n * 10 + (n % 7 === 0 ? 0.5 : 0)),
      y: fc.integer({ min: -30, max: 90 }).map((n) => n * 10 + (n % 5 === 0 ? 0.5 : 0)),
    }),
    { minLength: 1, maxLength: 20 },
  )
  .map((layers): Network => {
    const free = layers.filter(
      ({ x, y }, i) => !layers.slice(0, i).some((other) => !apart(nodeAt(x, y), nodeAt(other.x, other.y))),
    );
    const made = free.map(({ block, x, y }, i): [LayerId, Layer] => {
      const [kind, fields] = block === null ? ['ReLU', {}] : ['Block', { block, expanded: false }];
      return [`l${i}`, { id: `l${i}`, kind, name: `l${i}`, fields, position: [x, y] }];
    });
    const note = { id: 'n', text: 'A note', position: [300, 120] as const };
    return { layers: new Map(made), edges: [], blocks: resnet.blocks!, notes: new Map([['n', note]]) };
  });
const anyToggles = fc.array(fc.record({ at: fc.nat({ max: 19 }), shown: fc.boolean() }), { maxLength: 12 });

function toggled(network: Network, toggles: readonly { readonly at: number; readonly shown: boolean }[]): Network {
  return toggles.reduce((now, { at, shown }) => show(now, [`l${at}`], shown), network);
}

describe('the room for an expanded block', () => {
  it('of any size is given back exactly', () => {
    const coordinate = fc.integer({ min: -60, max: 60 }).map((n) => n * 5);
    const size = fc.integer({ min: 0, max: 80 }).map((n) => n * 5);
    const growth = fc.record({ right: size, above: size, below: size });
    const layer = fc.record({ x: coordinate, y: coordinate, growth: fc.option(growth) });
    fc.assert(
      fc.property(fc.array(layer, { maxLength: 12 }), (layers) => {
        const places = new Map(layers.map(({ x, y }, i) => [`l${i}`, [x, y] as Position]));
        const growths = new Map(layers.flatMap((one, i) => (one.growth === null ? [] : [[`l${i}`, one.growth]])));
        const move = makeRoom(places, growths, false);
        const grown = new Map([...places].map(([id, place]) => [id, move(place)]));
        const back = makeRoom(grown, growths, true);
        expect(new Map([...grown].map(([id, place]) => [id, back(place)]))).toEqual(places);
      }),
      { numRuns: 1000 },
    );
  });

  it('is given back exactly, in whatever order blocks expand and collapse', () => {
    fc.assert(
      fc.property(anyNetwork, anyToggles, (network, toggles) => {
        const there = toggled(network, toggles);
        expect(show(there, blocksOf(there), false)).toEqual(network);
      }),
      { numRuns: 400 },
    );
  });

  it('depends on which blocks are expanded, not on how that came about', () => {
    fc.assert(
      fc.property(anyNetwork, anyToggles, (network, toggles) => {
        const there = toggled(network, toggles);
        const expanded = layersOf(there).flatMap((layer) => (shownFrame(there, layer) ? [layer.id] : []));
        expect(there).toEqual(show(network, expanded));
      }),
      { numRuns: 200 },
    );
  });

  it('is enough: what lay apart lies apart, frames and all', () => {
    fc.assert(
      fc.property(anyNetwork, anyToggles, (network, toggles) => {
        const there = toggled(network, toggles);
        const layers = layersOf(network);
        const boxIn = (where: Network, { id }: Layer) => boxOf(where, where.layers.get(id)!);
        for (const [i, a] of layers.entries()) {
          for (const b of layers.slice(i + 1)) {
            if (apart(boxIn(network, a), boxIn(network, b))) {
              expect(apart(boxIn(there, a), boxIn(there, b))).toBe(true);
            }
          }
        }
      }),
      { numRuns: 400 },
    );
  });

  it('moves what is right of it to the right, what is below it down, and the rest not at all', () => {
    const shown = show(resnet, ['block7']);
    const frame = shownFrame(shown, shown.layers.get('block7')!)!;
    const [left, top] = resnet.layers.get('block7')!.position!;
    for (const { id, position } of layersOf(resnet)) {
      const [x, y] = position!;
      const row = y === top;
      const right = row && x > left ? frame.width - NODE.width : 0;
      const down = y > top ? 2 * frame.above : row ? frame.above : 0;
      expect(shown.layers.get(id)!.position).toEqual([x + right, y + down]);
    }
  });

  it('moves notes along', () => {
    const [x, y] = resnet.layers.get('block16')!.position!;
    const note = { id: 'n', text: 'The last one', position: [x, y + 100] as const };
    const noted = applyEdit(resnet, { type: 'put-note', note });
    const shown = show(noted, ['block16']);
    const { above } = shownFrame(shown, shown.layers.get('block16')!)!;
    expect(shown.notes!.get('n')!.position).toEqual([x, y + 100 + 2 * above]);
    expect(show(shown, ['block16'], false)).toEqual(noted);
  });

  it('is not taken from layers that were put there meanwhile', () => {
    const shown = show(resnet, ['block2']);
    const { left, top, width, height } = boxOf(shown, shown.layers.get('block2')!);
    let tried = 0;
    for (let x = left - 200; x < left + width + 300; x += 60) {
      for (let y = top - 100; y < top + height + 100; y += 30) {
        const moved = applyEdit(shown, { type: 'move', positions: new Map([['softmax1', [x, y]]]) });
        if (collisions(moved) > 0) continue;
        tried++;
        expect(collisions(show(moved, ['block2'], false))).toBe(0);
        expect(collisions(show(moved, ['block3', 'block6']))).toBe(0);
      }
    }
    expect(tried).toBeGreaterThan(50);
  });

  it('covers nothing, whatever was moved meanwhile', () => {
    const place = fc.tuple(fc.integer({ min: -60, max: 300 }), fc.integer({ min: -30, max: 120 }));
    const moves = fc.array(fc.record({ at: fc.nat({ max: 19 }), place }), { maxLength: 6 });
    fc.assert(
      fc.property(anyNetwork, anyToggles, moves, anyToggles, (network, before, steps, after) => {
        let there = toggled(network, before);
        for (const {
          at,
          place: [x, y],
        } of steps) {
          const moved = applyEdit(there, { type: 'move', positions: new Map([[`l${at}`, [x * 10, y * 10]]]) });
          if (collisions(moved) === 0) there = moved;
        }
        expect(collisions(toggled(there, after))).toBe(0);
      }),
      { numRuns: 1500 },
    );
  });

  it('is made anew where blocks of a name become another', () => {
    const shown = showAll(withPositions(findTemplate('mobilenet')!.create().network));
    const name = String(shown.layers.get('block7')!.fields['block']);
    const apartOne = apply(shown, takeApart(shown, 'block7'));
    const group = layersOf(apartOne).flatMap(({ id }) => (shown.layers.has(id) ? [] : [id]));
    const shorter = group.slice(0, 3);
    const made = apply(apartOne, makeBlockEdits(apartOne, shorter, name, true));
    expect(made.blocks!.get(name)!.layers.size).toBe(3);
    expect(layersOf(made).filter((layer) => layer.fields['block'] === name).length).toBeGreaterThan(3);
    expect(collisions(made)).toBe(0);
    expect(collisions(show(made, blocksOf(made), false))).toBe(0);
  });

  it('is asked for by nothing else: other layers, unknown blocks and ids stay as they are', () => {
    expect(showLayers(resnet, ['conv1', 'nobody', 'block1'], false)).toEqual([]);
    expect(showLayers(resnet, ['conv1', 'nobody'], true)).toEqual([]);
    const unknown = applyEdit(resnet, { type: 'set-fields', layer: 'block1', fields: { block: 'no such' } });
    expect(showLayers(unknown, ['block1'], true)).toEqual([]);
  });
});

describe.each(TEMPLATES.filter(({ create }) => create().network.blocks).map(({ id }) => [id]))('%s', (id) => {
  const network = placed(id);

  it('has room for all its blocks, as it lies and laid out anew', () => {
    const shown = showAll(network);
    expect(collisions(shown)).toBe(0);
    const positions = layoutNetwork(shown);
    expect(positions.size).toBe(network.layers.size);
    const laid = applyEdit(shown, { type: 'move', positions });
    expect(collisions(laid)).toBe(0);
    const collapsed = show(laid, blocksOf(laid), false);
    expect(collisions(collapsed)).toBe(0);
    // What expanded grows by is gone again.
    const extent = (of: Network) => Math.max(...layersOf(of).map(({ position }) => position![0] + position![1]));
    expect(extent(collapsed)).toBeLessThan(extent(laid));
  });

  it('no connection in a frame runs through a layer, or leaves the frame', () => {
    for (const block of network.blocks!.values()) {
      const frame = frameOf(block);
      const boxes = [...frame.places].map(([inner, [left, top]]) => ({ inner, left, top, ...NODE }));
      for (const { inner, ...box } of boxes) {
        expect(box.left, inner).toBeGreaterThan(0);
        expect(box.top + box.height, inner).toBeLessThan(frame.height);
      }
      for (const wire of frame.wires) {
        const source = boxes.find(({ inner }) => inner === wire.from);
        const target = boxes.find(({ inner }) => inner === wire.to);
        const points = wire.way;
        expect(points[0]).toEqual(source ? [source.left + NODE.width, middleOf(source)] : [0, frame.height / 2]);
        expect(points.at(-1)).toEqual(target ? [target.left, middleOf(target)] : [frame.width, frame.height / 2]);
        expect(points.every(([x, y]) => x >= 0 && x <= frame.width && y > 34 && y < frame.height)).toBe(true);
        for (const box of boxes) {
          const touched = points.slice(1).some((to, i) => crosses(points[i]!, to, box));
          expect(touched, `${wire.from} → ${wire.to} through ${box.inner}`).toBe(false);
        }
      }
    }
  });
});

function crosses([ax, ay]: Position, [bx, by]: Position, { left, top, width, height }: Box): boolean {
  return (
    Math.max(ax, bx) > left + 0.5 &&
    Math.min(ax, bx) < left + width - 0.5 &&
    Math.max(ay, by) > top + 0.5 &&
    Math.min(ay, by) < top + height - 0.5
  );
}

describe('what React Flow is handed of an expanded block', () => {
  const nothing = new Set<string>();
  const shown = show(resnet, ['block2']);
  const nodesOf = (elements: FlowElements, network: Network) =>
    elements.nodes(network, propagate(network), nothing, new Map(), new Map());

  it('is a frame with its layers in it, which can only be looked at', () => {
    const nodes = nodesOf(new FlowElements(), shown);
    const frame = nodes.find(({ id }) => id === 'block2')!;
    const { left, top, width, height } = boxOf(shown, shown.layers.get('block2')!);
    expect(frame).toMatchObject({ type: 'frame', position: { x: left, y: top }, measured: { width, height } });
    const inner = nodes.filter(({ parentId }) => parentId === 'block2');
    expect(inner.map(({ ariaLabel }) => ariaLabel)).toContain('ADD block2/add1');
    expect(inner).toHaveLength(10);
    // React Flow wants a parent before its children.
    expect(nodes.indexOf(frame)).toBe(nodes.indexOf(inner[0]!) - 1);
    for (const node of inner) {
      expect(node).toMatchObject({ draggable: false, selectable: false, deletable: false, connectable: false });
    }
    expect(nodes.filter(({ type }) => type === 'layer')).toHaveLength(resnet.layers.size - 1);
  });

  it('has connections from side to side, each with the volume that flows along it', () => {
    const report = propagate(shown);
    const edges = new FlowElements().edges(shown, nothing);
    const inside = edges.filter(({ source, target }) => source.startsWith('block2/') || target.startsWith('block2/'));
    const shapeOf = (id: string | undefined) => report.layers.get(id!)?.shape;
    const into = inside.filter(({ source }) => source === 'block2');
    expect(into.map(({ target, data }) => [target, data?.carries])).toEqual([
      ['block2/conv1', 'block1'],
      ['block2/add1', 'block1'],
    ]);
    const [out, ...more] = inside.filter(({ target }) => target === 'block2');
    expect(more).toEqual([]);
    expect(out).toMatchObject({ source: 'block2/relu3', targetHandle: 'inside', data: { carries: 'block2/relu3' } });
    for (const edge of inside) expect(shapeOf(edge.data?.carries)).toBeDefined();
    expect(new Set(edges.map(({ id }) => id)).size).toBe(edges.length);
    expect(edges.length).toBe(resnet.edges.length + shown.blocks!.get('bottleneck 256')!.edges.length + 1);
  });

  it('is the same objects while nothing about it changes', () => {
    const elements = new FlowElements();
    const [nodes, edges] = [nodesOf(elements, shown), elements.edges(shown, nothing)];
    const typed = applyEdit(shown, { type: 'set-fields', layer: 'conv1', fields: { filters: 65 } });
    expect(nodesOf(elements, typed)).toBe(nodes);
    expect(elements.edges(typed, nothing)).toBe(edges);
    const moved = applyEdit(shown, { type: 'move', positions: new Map([['block2', [0, 3000]]]) });
    const after = nodesOf(elements, moved);
    expect(after.filter((node, i) => node !== nodes[i]).map(({ id }) => id)).toEqual(['block2']);
    expect(after.find(({ id }) => id === 'block2')!.position.y).toBeLessThan(3000);
  });

  it('a frame that is dragged moves its block by as much', () => {
    const frame = nodesOf(new FlowElements(), shown).find(({ id }) => id === 'block2')!;
    const { x, y } = frame.position;
    const [left, top] = shown.layers.get('block2')!.position!;
    const move = { id: 'block2', position: { x: x + 20, y: y - 30 } };
    expect(anchored(shown, move).position).toEqual({ x: left + 20, y: top - 30 });
    const other = { id: 'conv1', position: { x, y } };
    expect(anchored(shown, other)).toBe(other);
  });
});

describe('around an expanded block', () => {
  const shown = show(resnet, ['block16']);
  const box = boxOf(shown, shown.layers.get('block16')!);

  it('new layers are put behind its frame, and not on it', () => {
    const behind = placeBehind(shown, ['block16'])!;
    expect(behind[0]).toBeGreaterThanOrEqual(box.left + box.width);
    const [x, y] = freeSpot(shown, [box.left + 30, box.top + 30]);
    expect(apart({ left: x, top: y, ...NODE }, box)).toBe(true);
  });

  it('its layers stay where they are drawn when it is taken apart, and nothing else moves', () => {
    const frame = shownFrame(shown, shown.layers.get('block16')!)!;
    const after = apply(shown, takeApart(shown, 'block16'));
    const fresh = layersOf(after).filter(({ id }) => !shown.layers.has(id));
    expect(fresh.map(({ position }) => position)).toEqual(
      [...frame.places.values()].map(([x, y]) => [box.left + x, box.top + y]),
    );
    const others = positionsOf(after).filter(([id]) => shown.layers.has(String(id)));
    expect(others).toEqual(positionsOf(shown).filter(([id]) => id !== 'block16'));
  });
});

describe('bringing a box into view', () => {
  const panels = [
    { left: 15, top: 447, width: 170, height: 38 },
    { left: 653, top: 405, width: 132, height: 80 },
  ];
  const screen = { size: { width: 800, height: 500 }, panels };
  const onScreen = (view: ReturnType<typeof intoView>, { left, top, width, height }: Box) => ({
    left: view.x + left * view.zoom,
    top: view.y + top * view.zoom,
    right: view.x + (left + width) * view.zoom,
    bottom: view.y + (top + height) * view.zoom,
  });

  it('moves nothing where it can be seen', () => {
    const view = { x: 10, y: 20, zoom: 0.5 };
    expect(intoView(view, { left: 100, top: 100, width: 400, height: 200 }, screen)).toEqual(view);
  });

  it('shows all of it with no panel over it, and draws no larger', () => {
    const number = fc.integer({ min: -3000, max: 3000 });
    const size = fc.integer({ min: 50, max: 4000 });
    const view = fc.record({ x: number, y: number, zoom: fc.double({ min: 0.1, max: 2, noNaN: true }) });
    fc.assert(
      fc.property(view, fc.record({ left: number, top: number, width: size, height: size }), (before, box) => {
        const after = intoView(before, box, screen);
        const { left, top, right, bottom } = onScreen(after, box);
        expect(after.zoom).toBeLessThanOrEqual(before.zoom);
        expect(Math.min(left, top)).toBeGreaterThan(0);
        expect(right).toBeLessThan(screen.size.width);
        expect(bottom).toBeLessThan(screen.size.height);
        const seen = { left, top, width: right - left, height: bottom - top };
        for (const panel of panels) expect(apart(seen, panel)).toBe(true);
      }),
    );
  });
});
