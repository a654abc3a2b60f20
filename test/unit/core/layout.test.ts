/** The layout that canvas, diagrams and cards have in common: lanes, lines and the ways of links. */
import { describe, expect, it } from 'vitest';
import { type Box, overlap, type Point, partsOf } from '#core/layout/box.ts';
import { BoxIndex } from '#core/layout/box-index.ts';
import { toGrid } from '#core/layout/grid.ts';
import { placeLabels } from '#core/layout/labels.ts';
import { layOut } from '#core/layout/layout.ts';
import { routeLinks } from '#core/layout/router.ts';
import type { Link, Way } from '#core/layout/shapes.ts';
import type { Spacing } from '#core/layout/spacing.ts';
import type { Edge } from '#core/network/network.ts';
import { randomStream } from '#core/random.ts';

const SPACING: Spacing = {
  exit: 16,
  entry: 24,
  clear: 12,
  track: 12,
  row: 30,
  lane: 14,
  band: 36,
  column: 80,
  grid: 10,
  tail: 10,
  head: 16,
};
const NODE = { width: 100, height: 60 };

const boxAt = (left: number, top: number, size = NODE): Box => ({ left, top, ...size });
const edges = (...pairs: readonly string[]): readonly Edge[] =>
  pairs.map((pair) => {
    const [from = '', to = ''] = pair.split('>');
    return { from, to };
  });

/** A link from one box's right side to another's left one. */
function link(boxes: ReadonlyMap<string, Box>, from: string, to: string): Link {
  const [a, b] = [boxes.get(from)!, boxes.get(to)!];
  const start: Point = [a.left + a.width, a.top + a.height / 2];
  return { id: `${from}>${to}`, from, to, start, end: [b.left, b.top + b.height / 2] };
}

function routed(boxes: ReadonlyMap<string, Box>, ...pairs: readonly string[]): ReadonlyMap<string, Way> {
  const links = edges(...pairs).map(({ from, to }) => link(boxes, from, to));
  return routeLinks(links, boxes, SPACING);
}

function crossed(way: Way, boxes: ReadonlyMap<string, Box>): readonly string[] {
  return [...boxes].flatMap(([id, box]) => (partsOf(way).some((part) => overlap(part, box, -0.5, -0.5)) ? [id] : []));
}

describe('lanes', () => {
  const laneOf = (ids: string, ...pairs: readonly string[]) => {
    const grid = toGrid(ids.split(' '), edges(...pairs));
    return ids.split(' ').map((id) => grid.laneOf.get(id));
  };

  it('the longest path is straight, a branch beside it', () => {
    expect(laneOf('a b c x d', 'a>b', 'b>c', 'c>d', 'a>x', 'x>d')).toEqual([0, 0, 0, -1, 0]);
  });

  it('three branches and more lie in their order, as the inputs of what they come together in', () => {
    const pairs = ['i>a', 'i>b', 'i>c', 'i>d', 'b>e', 'a>m', 'e>m', 'c>m', 'd>m'];
    expect(laneOf('i a b c d e m', ...pairs)).toEqual([0, -1, 0, 1, 2, 0, 0]);
  });

  it('what passes others by has a lane in which nothing lies', () => {
    const links = edges('a>b', 'b>c', 'c>d', 'a>d', 'a>c');
    const { via } = toGrid(['a', 'b', 'c', 'd'], links);
    // What leaves one item is one volume, and shares its lane.
    expect(links.map((edge) => via.get(edge))).toEqual([undefined, undefined, undefined, -1, -1]);
  });
});

describe('lines', () => {
  const chainOf = (size: number) => Array.from({ length: size }, (_, i) => `n${i}`);
  const items = (ids: readonly string[]) => ids.map((id) => ({ id, ...NODE, line: 30 }));
  const rowsOf = (ids: readonly string[], links: readonly Edge[], page?: { width: number; height: number }) => {
    const { places } = layOut(items(ids), links, new Map(), SPACING, page);
    return new Set([...places.values()].map(([, y]) => y)).size;
  };
  const along = (ids: readonly string[]) => ids.slice(1).map((to, i) => ({ from: ids[i] as string, to }));

  it('a chain is broken to be drawn larger, and not where it fits', () => {
    const ids = chainOf(12);
    expect(rowsOf(ids, along(ids))).toBe(1);
    expect(rowsOf(ids, along(ids), { width: 3000, height: 1000 })).toBe(1);
    expect(rowsOf(ids, along(ids), { width: 800, height: 500 })).toBe(3);
  });

  it('what belongs together is not torn apart as long as it can be read', () => {
    const ids = chainOf(8);
    const skip = [...along(ids), { from: 'n0', to: 'n7' }];
    const { places } = layOut(items(ids), skip, new Map(), SPACING, { width: 900, height: 600 });
    // Where one volume goes on there may be a break; not between what the shortcut passes.
    expect(new Set(ids.slice(1).map((id) => places.get(id)![1])).size).toBe(1);
  });

  it('but where it could not: a shortcut over 30', () => {
    const ids = chainOf(32);
    const skip = [...along(ids), { from: 'n0', to: 'n31' }];
    const { places, routes } = layOut(items(ids), skip, new Map(), SPACING, { width: 900, height: 600 });
    expect(new Set([...places.values()].map(([, y]) => y)).size).toBeGreaterThan(3);
    const boxes = new Map([...places].map(([id, [left, top]]) => [id, boxAt(left, top)]));
    for (const { way } of routes) expect(crossed(way, boxes)).toEqual([]);
  });
});

describe('the way of a link', () => {
  it('is straight where it can be', () => {
    const boxes = new Map([
      ['a', boxAt(0, 0)],
      ['b', boxAt(300, 0)],
    ]);
    expect(routed(boxes, 'a>b').get('a>b')).toEqual([
      [100, 30],
      [300, 30],
    ]);
  });

  it('goes around what lies between, as near as it may', () => {
    const boxes = new Map([
      ['a', boxAt(0, 0)],
      ['x', boxAt(200, 0)],
      ['b', boxAt(400, 0)],
    ]);
    expect(routed(boxes, 'a>b').get('a>b')).toEqual([
      [100, 30],
      [116, 30],
      [116, -12],
      [376, -12],
      [376, 30],
      [400, 30],
    ]);
  });

  it('goes between two items that stand close to each other', () => {
    const boxes = new Map([
      ['a', boxAt(0, 0)],
      ['b', boxAt(120, 200)],
    ]);
    const way = routed(boxes, 'a>b').get('a>b')!;
    expect(way).toEqual([
      [100, 30],
      [110, 30],
      [110, 230],
      [120, 230],
    ]);
  });

  it('finds out of a spiral', () => {
    const wall = (left: number, top: number, width: number, height: number) => boxAt(left, top, { width, height });
    const boxes = new Map([
      ['a', boxAt(300, 300)],
      ['b', boxAt(900, 300)],
      ['right', wall(460, 200, 20, 300)],
      ['below', wall(200, 480, 260, 20)],
      ['left', wall(200, 100, 20, 380)],
      ['above', wall(220, 100, 500, 20)],
      ['outer', wall(600, 160, 20, 600)],
    ]);
    const way = routed(boxes, 'a>b').get('a>b')!;
    expect(crossed(way, boxes)).toEqual([]);
    expect(way[0]).toEqual([400, 330]);
    expect(way.at(-1)).toEqual([900, 330]);
    // Every part is level or upright.
    for (const { width, height } of partsOf(way)) expect(Math.min(width, height)).toBe(0);
  });

  it('goes through where there is no way at all', () => {
    const boxes = new Map([
      ['a', boxAt(0, 0)],
      ['lid', boxAt(60, -20, { width: 100, height: 100 })],
      ['b', boxAt(400, 0)],
    ]);
    expect(routed(boxes, 'a>b').get('a>b')!.at(-1)).toEqual([400, 30]);
  });

  it('runs with those of its volume, and beside those of others', () => {
    const boxes = new Map([
      ['a', boxAt(0, 0)],
      ['b', boxAt(200, 0)],
      ['c', boxAt(400, 0)],
      ['d', boxAt(600, 0)],
      ['e', boxAt(800, 0)],
    ]);
    const ways = routed(boxes, 'a>b', 'b>c', 'c>d', 'd>e', 'a>d', 'a>e', 'b>e');
    const levels = (id: string) =>
      new Set(
        ways
          .get(id)!
          .map(([, y]) => y)
          .filter((y) => y !== 30),
      );
    expect(levels('a>d')).toEqual(levels('a>e'));
    const [one] = levels('a>e');
    const [other] = levels('b>e');
    expect(Math.abs(one! - other!)).toBeGreaterThanOrEqual(12);
  });

  it('leaves others where they are, if they are to stay', () => {
    const boxes = new Map([
      ['a', boxAt(0, 0)],
      ['x', boxAt(200, 0)],
      ['b', boxAt(400, 0)],
      ['c', boxAt(0, 100)],
      ['y', boxAt(200, 100)],
      ['d', boxAt(400, 100)],
    ]);
    const first = link(boxes, 'a', 'b');
    const taken: Way = [first.start, [116, 30], [116, 80], [376, 80], [376, 30], first.end];
    const ways = routeLinks([link(boxes, 'c', 'd')], boxes, SPACING, [[first, taken]]);
    // Between the rows there is room for one of them.
    expect(ways.get('c>d')!.some(([, y]) => y === 80)).toBe(false);
  });
});

describe('the text of a link', () => {
  const label = { width: 60, above: 7, below: 7 };

  it('is in the middle of its longest level part', () => {
    const one: Link = { id: '1', from: 'a', to: 'b', start: [0, 0], end: [300, 100], label };
    const way: Way = [[0, 0], [40, 0], [40, 100], [300, 100]]; // biome-ignore format: a way in a line
    const [x, y] = placeLabels([one], new Map([['1', way]]), [], SPACING).get('1')!;
    expect(y).toBe(100);
    expect(x).toBeGreaterThan(150);
    expect(x).toBeLessThan(180);
  });

  it('gives way to items and other texts, and is left out where there is no room', () => {
    const level = (id: string, y: number, length: number): readonly [Link, Way] => {
      const way: Way = [[0, y], [length, y]]; // biome-ignore format: a way in a line
      return [{ id, from: id, to: 'z', start: [0, y], end: [length, y], label }, way];
    };
    const all = [level('long', 0, 400), level('beside', 6, 400), level('short', 300, 50)];
    const item = boxAt(150, -40, { width: 40, height: 60 });
    const ways = new Map(all.map(([{ id }, way]) => [id, way]));
    const places = placeLabels(all.map(([one]) => one), ways, [item], SPACING); // biome-ignore format: one call
    expect([...places.keys()].sort()).toEqual(['beside', 'long']);
    const boxes = [...places.values()].map(([x, y]) => ({ left: x - 30, top: y - 7, width: 60, height: 14 }));
    for (const box of boxes) expect(overlap(box, item)).toBe(false);
    expect(overlap(boxes[0]!, boxes[1]!)).toBe(false);
  });
});

describe('the index of boxes', () => {
  it('finds what a search through all finds', () => {
    const random = randomStream(1, 'boxes');
    const whole = (below: number) => Math.floor(random.uniform() * below) - below / 2;
    const index = new BoxIndex<Box>();
    const all = Array.from({ length: 300 }, () => {
      const size = { width: Math.abs(whole(900)), height: Math.abs(whole(20_000)) };
      return boxAt(whole(20_000), whole(20_000), size);
    });
    for (const box of all) index.add(box, box);
    for (let i = 0; i < 300; i++) {
      const region = boxAt(whole(24_000), whole(24_000), {
        width: Math.abs(whole(3000)),
        height: Math.abs(whole(3000)),
      });
      const [right, bottom] = [region.left + region.width, region.top + region.height];
      const found = index.near(region.left, region.top, right, bottom);
      const wanted = all.filter((box) => overlap(box, region));
      expect(wanted.filter((box) => !found.has(box))).toEqual([]);
    }
    expect(index.near(-Infinity, -Infinity, Infinity, Infinity).size).toBe(300);
  });
});
