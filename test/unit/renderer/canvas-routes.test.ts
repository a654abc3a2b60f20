/**
 * Connections on the canvas: through no layer, and beside each other; their volumes on no layer and on no other volume. In
 * all templates, collapsed and expanded, in networks of all shapes, and wherever a user puts the layers.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Box, overlap, type Point, partsOf } from '#core/layout/box.ts';
import { labelBox } from '#core/layout/labels.ts';
import { stretchesOf } from '#core/layout/lines.ts';
import { applyEdit } from '#core/network/edits.ts';
import { expand, innerId } from '#core/network/expand.ts';
import { EMPTY_NETWORK, type LayerId, type Network } from '#core/network/network.ts';
import { propagate } from '#core/network/propagate.ts';
import { randomStream } from '#core/random.ts';
import { findTemplate, TEMPLATES } from '#core/templates/index.ts';
import { DEFAULT_PATTERN, patternDesign } from '#core/templates/pattern.ts';
import { NODE } from '#renderer/canvas/dimensions.ts';
import { EdgeRoutes } from '#renderer/canvas/edge-routes.ts';
import { labelRoom } from '#renderer/canvas/edge-text.ts';
import { FlowElements } from '#renderer/canvas/flow-nodes.ts';
import { boxOf, shownFrame, TITLE } from '#renderer/canvas/frames.ts';
import { layoutNetwork, withPositions } from '#renderer/canvas/layout.ts';
import { blocksOf, showLayers } from '#renderer/canvas/show-layers.ts';
import { longNetwork } from '../../../bench/networks.ts';

type Places = ReadonlyMap<LayerId, Point>;
const NOTHING: Places = new Map();

/** What is drawn of a network: its nodes, or the nodes in its frames, and its connections. */
interface Drawn {
  /** By id: what a connection may not run through. */
  readonly boxes: ReadonlyMap<string, Box>;
  readonly edges: readonly {
    readonly id: string;
    readonly source: string;
    readonly target: string;
    /** The layer whose output it carries. */
    readonly volume: string;
    readonly way: readonly Point[];
    readonly text: Box | undefined;
  }[];
}

function drawn(network: Network, routes: EdgeRoutes, dragged: Places = NOTHING): Drawn {
  const report = propagate(network);
  const boxes = new Map<string, Box>();
  for (const layer of network.layers.values()) {
    const position = dragged.get(layer.id);
    const box = boxOf(network, position === undefined ? layer : { ...layer, position });
    const frame = shownFrame(network, layer);
    boxes.set(layer.id, frame === undefined ? box : { ...box, height: TITLE });
    for (const [id, [left, top]] of frame?.places ?? []) {
      boxes.set(innerId(layer.id, id), { left: box.left + left, top: box.top + top, ...NODE });
    }
  }
  const edges = new FlowElements().edges(network, new Set()).map(({ id, source, target, data }) => {
    const { way, label } = routes.get(id)!;
    const volume = data?.carries ?? source;
    const text = label && labelBox(label, labelRoom(report.layers.get(volume)?.shape));
    return { id, source, target, volume, way, text };
  });
  return { boxes, edges };
}

function routed(network: Network): Drawn {
  const routes = new EdgeRoutes();
  routes.update(network, propagate(network), NOTHING);
  return drawn(network, routes);
}

const isPart = (id: string, of: string) => id.startsWith(`${of}/`);

/** What a reader of the drawing would stumble over. */
function faults({ boxes, edges }: Drawn, strict = true): readonly string[] {
  const found: string[] = [];
  const texts = edges.flatMap(({ id, text }) => (text === undefined ? [] : [{ id, text }]));
  for (const { id, source, target, way } of edges) {
    for (const part of partsOf(way)) {
      for (const [node, box] of boxes) {
        // It begins and ends at its own nodes' sides, or at those of the frame that it is in.
        const inFrame = isPart(source, node) || isPart(target, node);
        if (overlap(part, box, -0.5, -0.5) && !inFrame) found.push(`${id} runs through ${node}`);
      }
    }
  }
  for (const [i, { id, text }] of texts.entries()) {
    for (const [node, box] of boxes) if (overlap(text, box)) found.push(`the volume on ${id} is on ${node}`);
    for (const other of texts.slice(i + 1)) {
      if (overlap(text, other.text)) found.push(`the volumes on ${id} and on ${other.id} overlap`);
    }
  }
  if (strict) found.push(...doubled(edges));
  return found;
}

/** Connections of different volumes that run upon each other, but for the last pixels before a common end. */
function doubled(edges: Drawn['edges']): readonly string[] {
  const parts = edges.flatMap((edge) => stretchesOf(edge.way).map((part) => ({ ...part, edge })));
  return parts.flatMap((a, i) =>
    parts.slice(i + 1).flatMap((b) => {
      if (a.level !== b.level || a.edge.volume === b.edge.volume || Math.abs(a.at - b.at) > 6) return [];
      const [low, high] = [Math.max(a.low, b.low), Math.min(a.high, b.high)];
      if (high - low < 0.5) return [];
      const [endX] = a.edge.way.at(-1)!;
      const together = a.edge.target === b.edge.target && (a.level ? low : Math.min(a.at, b.at)) > endX - 130;
      return together ? [] : [`${a.edge.id} and ${b.edge.id} run upon each other for ${Math.round(high - low)} pixels`];
    }),
  );
}

const template = (id: string) => withPositions(findTemplate(id)!.create().network);
const expanded = (network: Network) => showLayers(network, blocksOf(network), true).reduce(applyEdit, network);
const laidOut = (network: Network) => applyEdit(network, { type: 'move', positions: layoutNetwork(network) });

/** A network with branches, shortcuts over many layers and, now and then, several inputs, pieces and a cycle. */
function randomNetwork(seed: number): Network {
  const random = randomStream(seed, 'canvas');
  const whole = (below: number) => Math.floor(random.uniform() * below);
  let network = EMPTY_NETWORK;
  const ids: LayerId[] = [];
  const size = 5 + whole(36);
  for (let i = 0; i < size; i++) {
    const id = `l${i}`;
    const kind = i === 0 || random.uniform() < 0.02 ? 'Input' : random.uniform() < 0.3 ? 'Add' : 'Conv2D';
    // Mostly what was made last, and for ADD anything before.
    const recent = ids.slice(-1 - whole(3));
    const first = recent[whole(recent.length)];
    const others = kind === 'Add' ? Array.from({ length: 1 + whole(2) }, () => ids[whole(ids.length)] as LayerId) : [];
    const after = kind === 'Input' || first === undefined ? [] : [...new Set([first, ...others])];
    network = applyEdit(network, { type: 'add', kind, id, after });
    ids.push(id);
  }
  if (random.uniform() < 0.2) {
    const add = [...network.layers.values()].find(({ kind }) => kind === 'Add');
    if (add) network = applyEdit(network, { type: 'connect', from: ids.at(-1) as LayerId, to: add.id });
  }
  return network;
}

describe.each(TEMPLATES.map(({ id }) => [id]))('%s', (id) => {
  it('as it is opened, and laid out anew', () => {
    const network = template(id);
    expect(faults(routed(network))).toEqual([]);
    expect(faults(routed(laidOut(network)))).toEqual([]);
    // Every volume is written somewhere.
    const { edges } = routed(network);
    const written = new Set(edges.flatMap(({ volume, text }) => (text === undefined ? [] : [volume])));
    expect(edges.filter(({ volume }) => !written.has(volume))).toEqual([]);
  });

  it('with its blocks expanded', { timeout: 60_000 }, () => {
    const network = expanded(template(id));
    expect(faults(routed(network))).toEqual([]);
    expect(faults(routed(laidOut(network)))).toEqual([]);
  });

  it('without blocks', { timeout: 60_000 }, () => {
    expect(faults(routed(withPositions(expand(findTemplate(id)!.create().network))))).toEqual([]);
  });
});

describe('networks of all shapes', () => {
  it('made by the lectures’ pattern', { timeout: 60_000 }, () => {
    for (const [n, m, k] of [
      [1, 1, 0],
      [2, 3, 1],
      [5, 4, 2],
      [8, 10, 4],
    ] as const) {
      const { network } = patternDesign({ ...DEFAULT_PATTERN, n, m, k, side: 512 });
      expect(faults(routed(withPositions(network)))).toEqual([]);
    }
  });

  it('100 of them, drawn at random', { timeout: 120_000 }, () => {
    const found: string[] = [];
    for (let seed = 1; seed <= 100; seed++) {
      found.push(...faults(routed(withPositions(randomNetwork(seed)))).map((fault) => `${seed}: ${fault}`));
    }
    expect(found).toEqual([]);
  });

  it('of 500 layers; how long that takes is printed', { timeout: 120_000 }, () => {
    const network = longNetwork(500);
    const begin = performance.now();
    const placed = withPositions(network);
    const between = performance.now();
    const found = routed(placed);
    const end = performance.now();
    expect(faults(found)).toEqual([]);
    // biome-ignore lint/suspicious/noConsole: how long something takes is for people to read
    console.info(
      `500 layers: placed in ${Math.round(between - begin)} ms, connections in ${Math.round(end - between)} ms`,
    );
  });

  it('the same network is laid out in the same way, in whatever state the canvas is', () => {
    for (const network of [findTemplate('googlenet')!.create().network, randomNetwork(7)]) {
      const [first, second] = [withPositions(network), withPositions(network)];
      expect([...second.layers]).toEqual([...first.layers]);
      const routes = new EdgeRoutes();
      const report = propagate(first);
      routes.update(first, report, NOTHING);
      const before = drawn(first, routes);
      const [moved] = [...first.layers.keys()].slice(-1) as [LayerId];
      for (const x of [0, 300, 900]) routes.update(first, report, new Map([[moved, [x, 40]]]));
      routes.update(first, report, NOTHING);
      expect(drawn(first, routes)).toEqual(before);
      expect(routed(first)).toEqual(before);
    }
  });
});

describe('wherever layers are put by hand', () => {
  const googlenet = template('googlenet');
  const resnet = withPositions(findTemplate('resnet20')!.create().network);

  /** Whether a layer at a place stands apart from all others, with room for a connection between them. */
  function isApart(network: Network, id: LayerId, [left, top]: Point): boolean {
    const box = { left, top, ...NODE };
    return [...network.layers.values()].every(
      (layer) => layer.id === id || !overlap(box, boxOf(network, layer), 30, 12),
    );
  }

  const place = fc.tuple(fc.integer({ min: -40, max: 260 }), fc.integer({ min: -40, max: 160 }));
  const moves = fc.array(fc.record({ at: fc.nat(), place }), { minLength: 1, maxLength: 12 });
  const networks = fc.constantFrom(googlenet, resnet, expanded(googlenet), withPositions(randomNetwork(3)));

  it('connections go around them', { timeout: 120_000 }, () => {
    fc.assert(
      fc.property(networks, moves, (start, steps) => {
        const network = steps.reduce((now, { at, place: [x, y] }) => {
          const id = [...now.layers.keys()][at % now.layers.size] as LayerId;
          const frame = shownFrame(now, now.layers.get(id)!);
          const to: Point = [x * 10, y * 10];
          if (frame !== undefined || !isApart(now, id, to)) return now;
          return applyEdit(now, { type: 'move', positions: new Map([[id, to]]) });
        }, start);
        expect(faults(routed(network), false)).toEqual([]);
      }),
      { numRuns: 150, seed: 1 },
    );
  });

  it('and already while they are dragged', { timeout: 120_000 }, () => {
    fc.assert(
      fc.property(networks, fc.nat(), fc.array(place, { minLength: 1, maxLength: 8 }), (network, at, path) => {
        const id = [...network.layers.keys()][at % network.layers.size] as LayerId;
        if (shownFrame(network, network.layers.get(id)!) !== undefined) return;
        const routes = new EdgeRoutes();
        const report = propagate(network);
        routes.update(network, report, NOTHING);
        for (const [x, y] of path) {
          const dragged: Places = new Map([[id, [x * 10, y * 10] as const]]);
          routes.update(network, report, dragged);
          if (isApart(network, id, [x * 10, y * 10]))
            expect(faults(drawn(network, routes, dragged), false)).toEqual([]);
        }
      }),
      { numRuns: 100, seed: 1 },
    );
  });

  it('only connections that something touches take another way while a layer is dragged', () => {
    const routes = new EdgeRoutes();
    const report = propagate(resnet);
    routes.update(resnet, report, NOTHING);
    const before = new Map(drawn(resnet, routes).edges.map((edge) => [edge.id, edge.way]));
    const [x, y] = resnet.layers.get('softmax1')!.position!;
    routes.update(resnet, report, new Map([['softmax1', [x + 40, y + 20]]]));
    const after = drawn(resnet, routes).edges;
    expect(after.filter(({ id, way }) => way !== before.get(id)).map(({ target }) => target)).toEqual(['softmax1']);
  });

  it('tells of a connection that changed, and of no other', () => {
    const routes = new EdgeRoutes();
    const report = propagate(resnet);
    routes.update(resnet, report, NOTHING);
    const told: string[] = [];
    const ends = new FlowElements()
      .edges(resnet, new Set())
      .map(({ id, target }) => routes.subscribe(id, () => told.push(target)));
    const [x, y] = resnet.layers.get('softmax1')!.position!;
    routes.update(resnet, report, new Map([['softmax1', [x + 40, y + 20]]]));
    expect(told).toEqual(['softmax1']);
    for (const end of ends) end();
    routes.update(resnet, report, NOTHING);
    expect(told).toEqual(['softmax1']);
  });
});
